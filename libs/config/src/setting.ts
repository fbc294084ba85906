import type { Kind } from './kind';

export const APPS = ['api', 'worker', 'scheduler', 'cli'] as const;
export type App = (typeof APPS)[number];

/** One line of the table of settings: the single source of the loader, the printed settings and the reference. */
export interface Setting<T> {
  /** The environment variable; the YAML key is the same in lower case. */
  readonly name: string;
  readonly kind: Kind<T>;
  readonly description: string;
  /** Written as it would be in the environment; may differ from app to app. */
  readonly default?: string | Readonly<Record<App, string>>;
  /** Never shown; of a URL only the password is hidden. */
  readonly secret: boolean;
  /** The processes that read it. */
  readonly apps: readonly App[];
}

/** A setting that always has a value. */
export interface FilledSetting<T> extends Setting<T> {
  readonly default: string | Readonly<Record<App, string>>;
}

export type SettingGroup = Readonly<Record<string, Setting<unknown>>>;

type ValueOf<S> = S extends FilledSetting<infer T> ? T : S extends Setting<infer T> ? T | undefined : never;
/** The values of a group of settings, by their property names. */
export type GroupValues<G> = { readonly [P in keyof G]: ValueOf<G[P]> };

interface Facts {
  readonly description: string;
  readonly secret?: true;
  readonly apps?: readonly App[];
}

/** A setting with a default. */
export function setting<T>(
  name: string,
  kind: Kind<T>,
  facts: Facts & Pick<FilledSetting<T>, 'default'>,
): FilledSetting<T> {
  return { name, kind, secret: false, apps: APPS, ...facts };
}

/** A setting that may be absent. */
export function optional<T>(name: string, kind: Kind<T>, facts: Facts): Setting<T> {
  return { name, kind, secret: false, apps: APPS, ...facts };
}

/** The default of `setting` in `app`, in the form of the environment. */
export function defaultOf(setting: Setting<unknown>, app: App): string | undefined {
  return typeof setting.default === 'object' ? setting.default[app] : setting.default;
}
