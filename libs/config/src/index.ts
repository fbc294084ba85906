export { EXIT_CONFIG, loadSettingsOrExit, readSettingsFile } from './boot';
export { APP_ROLE, type DatabaseSettings, type RedisSettings } from './connection-urls';
export type { EncryptionKey } from './encryption-keys';
export { loadSettings, type BrokerKind, type Settings } from './load-settings';
export type { Environment, SettingsSources } from './read-values';
export { APPS, type App } from './setting';
export { SettingsError, type SettingProblem } from './settings.errors';
export { formatSettings, settingsReference, showSettings, type ShownSetting } from './show-settings';
