import { limitSettings, retentionSettings, schedulerSettings, workerSettings } from './execution.settings';
import { brokerSettings, databaseSettings, redisSettings } from './infrastructure.settings';
import {
  authSettings,
  encryptionSettings,
  httpSettings,
  outboundSettings,
  serviceSettings,
  telemetrySettings,
} from './service.settings';
import type { Setting } from './setting';

/** Every setting, by group: the property names are those of `Settings`. */
export const SETTINGS_TABLE = {
  service: serviceSettings,
  http: httpSettings,
  database: databaseSettings,
  redis: redisSettings,
  broker: brokerSettings,
  scheduler: schedulerSettings,
  worker: workerSettings,
  limits: limitSettings,
  auth: authSettings,
  encryption: encryptionSettings,
  outbound: outboundSettings,
  telemetry: telemetrySettings,
  retention: retentionSettings,
} as const;

export type SettingsTable = typeof SETTINGS_TABLE;

/** Every setting, in the order of the table. */
export function allSettings(): Setting<unknown>[] {
  return Object.values(SETTINGS_TABLE).flatMap((group) => Object.values<Setting<unknown>>(group));
}
