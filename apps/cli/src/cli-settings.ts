import { loadSettings, readSettingsFile, type Settings } from '@orchid/config';
import type { Terminal } from './terminal';

/** The settings as commands need them. Throws `SettingsError`. */
export function cliSettings(env: Terminal['env']): Settings {
  // What production demands of a server - keys, a login - is nothing that these commands use.
  return loadSettings({ ...env, NODE_ENV: 'development' }, { ...readSettingsFile(env), app: 'cli' });
}
