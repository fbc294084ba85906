import { distance } from 'fastest-levenshtein';
import { defaultOf, type App, type GroupValues, type Setting, type SettingGroup } from './setting';
import { allSettings, SETTINGS_TABLE, type SettingsTable } from './settings-table';
import type { SettingProblem } from './settings.errors';
import { nearestName, readYamlLayer } from './yaml-layer';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface SettingsSources {
  /** The content of the YAML file beneath the environment. */
  readonly yamlText?: string;
  /** How problems name that file. */
  readonly yamlName?: string;
  /** Whose defaults and demands hold. */
  readonly app?: App;
}

export type Origin = 'environment' | 'file' | 'default' | 'unset';

/** Every setting as it was written, with where it came from; what depends on several settings is not resolved yet. */
export interface RawValues {
  readonly values: { readonly [G in keyof SettingsTable]: GroupValues<SettingsTable[G]> };
  readonly problems: SettingProblem[];
  readonly warnings: string[];
  /** `undefined` for a setting without a value. */
  readonly texts: ReadonlyMap<string, { readonly text: string | undefined; readonly origin: Origin }>;
}

const TYPO_DISTANCE = 2;
const SHORTEST_TYPO = 6;

export function readValues(
  env: Environment,
  { yamlText = '', yamlName = 'config.yaml', app = 'api' }: SettingsSources,
): RawValues {
  const names = allSettings().map((setting) => setting.name);
  const yaml = readYamlLayer(yamlText, names, yamlName);
  const problems = [...yaml.problems];
  const texts = new Map<string, { text: string | undefined; origin: Origin }>();

  const readOne = (setting: Setting<unknown>): unknown => {
    const found = findText(setting, { env, yaml: yaml.values, app });
    texts.set(setting.name, found);
    if (found.text === undefined) return undefined;
    const parsed = setting.kind.parse(found.text.trim());
    if ('value' in parsed) return parsed.value;
    const source = found.origin === 'file' ? { source: yamlName } : {};
    problems.push({ name: setting.name, problem: parsed.problem, accepts: setting.kind.accepts, ...source });
    // With the default in its place, what depends on several settings can be judged in the same run.
    return defaultValue(setting, app);
  };
  const readGroup = (group: SettingGroup) =>
    Object.fromEntries(Object.entries(group).map(([property, setting]) => [property, readOne(setting)]));
  const values = Object.fromEntries(Object.entries(SETTINGS_TABLE).map(([name, group]) => [name, readGroup(group)]));
  // The table's own types say what each kind parses to: the one place where they meet.
  return { values: values as RawValues['values'], problems, warnings: likelyTypos(env, names), texts };
}

function defaultValue(setting: Setting<unknown>, app: App): unknown {
  const fallback = defaultOf(setting, app);
  const parsed = fallback === undefined ? undefined : setting.kind.parse(fallback);
  return parsed !== undefined && 'value' in parsed ? parsed.value : undefined;
}

interface Layers {
  readonly env: Environment;
  readonly yaml: ReadonlyMap<string, string>;
  readonly app: App;
}

/** An empty variable counts as absent, as compose files and charts write it. */
function findText(setting: Setting<unknown>, { env, yaml, app }: Layers): { text: string | undefined; origin: Origin } {
  const fromEnv = env[setting.name]?.trim() ?? '';
  if (fromEnv !== '' && !isServiceLink(fromEnv)) return { text: fromEnv, origin: 'environment' };
  const fromFile = yaml.get(setting.name);
  if (fromFile !== undefined) return { text: fromFile, origin: 'file' };
  const fallback = defaultOf(setting, app);
  return { text: fallback, origin: fallback === undefined ? 'unset' : 'default' };
}

/** Beside a service named redis, Kubernetes sets REDIS_PORT=tcp://10.0.0.1:6379 in every pod: nobody meant a setting. */
function isServiceLink(text: string): boolean {
  return /^(?:tcp|udp):\/\//.test(text);
}

function likelyTypos(env: Environment, names: readonly string[]): string[] {
  return Object.keys(env)
    .filter((name) => name.length >= SHORTEST_TYPO && !names.includes(name))
    .map((name) => ({ name, nearest: nearestName(name, names) }))
    .filter(({ name, nearest }) => distance(name, nearest) <= TYPO_DISTANCE)
    .map(({ name, nearest }) => `${name} is not a setting: did you mean ${nearest}?`);
}
