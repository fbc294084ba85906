import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { loadSettings, type Settings } from './load-settings';
import type { Environment, SettingsSources } from './read-values';
import type { App } from './setting';
import { SettingsError } from './settings.errors';

/** EX_CONFIG of sysexits.h. */
export const EXIT_CONFIG = 78;
const DEFAULT_FILE = 'config/config.yaml';

/** The YAML file that CONFIG_FILE names, else `config/config.yaml` where there is one. Throws {@link SettingsError} if it cannot be read. */
export function readSettingsFile(env: Environment, directory: string = process.cwd()): SettingsSources {
  const named = env.CONFIG_FILE;
  const yamlName = named === undefined || named === '' ? DEFAULT_FILE : named;
  const file = path.resolve(directory, yamlName);
  if (yamlName === DEFAULT_FILE && !existsSync(file)) return {};
  try {
    return { yamlName, yamlText: readFileSync(file, 'utf8') };
  } catch (error) {
    const problem = `names ${yamlName}, which cannot be read (${error instanceof Error ? error.message : 'unknown'})`;
    throw new SettingsError([{ name: 'CONFIG_FILE', problem, accepts: 'the path of a readable YAML file' }]);
  }
}

/** The settings of this process. A bad one is printed to standard error and ends the process with status 78. */
export function loadSettingsOrExit(app: App): Settings {
  try {
    return loadSettings(process.env, { ...readSettingsFile(process.env), app });
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(EXIT_CONFIG);
  }
}
