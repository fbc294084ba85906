import { readValues, type Environment, type Origin, type SettingsSources } from './read-values';
import { APPS, type Setting } from './setting';
import { SETTINGS_TABLE } from './settings-table';

export interface ShownSetting {
  readonly name: string;
  /** As it may be shown: secrets masked. `undefined` without a value. */
  readonly value: string | undefined;
  readonly origin: Origin;
}

const MASK = '********';

/** Every setting with its effective value and where that comes from, for a person. Bad values are shown too. */
export function showSettings(env: Environment, sources: SettingsSources = {}): ShownSetting[] {
  const { texts } = readValues(env, sources);
  return Object.values(SETTINGS_TABLE).flatMap((group) =>
    Object.values<Setting<unknown>>(group).map((setting) => {
      const { text, origin } = texts.get(setting.name) ?? { text: undefined, origin: 'unset' };
      return { name: setting.name, value: text === undefined ? undefined : shown(setting, text), origin };
    }),
  );
}

/** The settings as aligned lines of text. */
export function formatSettings(shownSettings: readonly ShownSetting[]): string {
  const width = Math.max(...shownSettings.map(({ name }) => name.length));
  return shownSettings
    .map(({ name, value, origin }) => `${name.padEnd(width)}  ${origin.padEnd(11)}  ${value ?? '-'}`.trimEnd())
    .join('\n');
}

/** The reference of all settings in Markdown, made from the table. */
export function settingsReference(): string {
  const sections = Object.entries(SETTINGS_TABLE).map(([group, settings]) => {
    const rows = Object.values<Setting<unknown>>(settings).map(referenceRow);
    return [`## ${group}`, '', '| setting | default | read by | meaning |', '| --- | --- | --- | --- |', ...rows].join(
      '\n',
    );
  });
  return ['# Settings', '', REFERENCE_INTRODUCTION, '', sections.join('\n\n'), ''].join('\n');
}

const REFERENCE_INTRODUCTION = [
  'The environment comes first, `config/config.yaml` (or the file that `CONFIG_FILE` names) beneath it, the default beneath that.',
  'In YAML a name is written in lower case, whole (`kafka_brokers`) or divided at its underscores (`kafka: { brokers: ... }`).',
  'A bad value ends the process with status 78 and a list of everything that is wrong.',
].join('\n');

function referenceRow({ name, default: fallback, apps, description, kind, secret }: Setting<unknown>): string {
  const value =
    typeof fallback === 'object' ? APPS.map((app) => `${app}: \`${fallback[app]}\``).join(', ') : code(fallback);
  const readers = apps.length === APPS.length ? 'all' : apps.join(', ');
  const meaning = `${description} Accepted: ${kind.accepts}.${secret ? ' Secret.' : ''}`;
  return `| \`${name}\` | ${value} | ${readers} | ${meaning.replaceAll('|', '\\|').replaceAll('<', '\\<')} |`;
}

function code(fallback: string | undefined): string {
  return fallback === undefined || fallback === '' ? '-' : `\`${fallback}\``;
}

function shown({ secret }: Setting<unknown>, text: string): string {
  if (!secret) return text;
  if (!text.includes('://') || !URL.canParse(text)) return MASK;
  const url = new URL(text);
  if (url.password !== '') url.password = MASK;
  // Parameters may carry secrets too (sslpassword).
  url.search = '';
  return url.href;
}
