import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { canReach, serverAccount } from './server-account';
import type { ProcessRecord } from './server-process';
import { ServiceFailed } from './stack.errors';
import { SERVICE_NAMES, URL_VARIABLES, type ServiceName, type Source, type StackSecrets } from './stack-service';

/** A service that was started or found; `processes` is empty where they are not ours to stop by number. */
export interface ServiceRecord {
  readonly origin: Source['kind'];
  readonly url: string;
  readonly adminUrl?: string;
  readonly version?: string;
  readonly processes: readonly ProcessRecord[];
}

/** The content of `state.json`: what runs, and the settings with which to use it. */
export interface StackState {
  readonly version: 1;
  readonly id: string;
  readonly directory: string;
  /** Where the servers keep data and logs: elsewhere than `directory` only where a server's account cannot reach that. */
  readonly dataDirectory: string;
  readonly secrets: StackSecrets;
  readonly ports: Readonly<Record<string, number>>;
  readonly services: Readonly<Partial<Record<ServiceName, ServiceRecord>>>;
  readonly broker: 'kafka' | 'file';
  readonly env: Readonly<Record<string, string>>;
}

const FILE = 'state.json';
const FORMAT = 1;

/** The folder of the whole repository, both from the sources and from the built tree. */
export function workspaceRoot(from = __dirname): string {
  if (existsSync(path.join(from, 'package.json'))) return from;
  const parent = path.dirname(from);
  return parent === from ? process.cwd() : workspaceRoot(parent);
}

/** The given folder, else ORCHID_STACK_DIR, else `.stack` in the workspace. */
export function stackDirectory(given?: string, env: NodeJS.ProcessEnv = process.env): string {
  return path.resolve(given ?? nonEmpty(env.ORCHID_STACK_DIR) ?? path.join(workspaceRoot(), '.stack'));
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

/** What the last `up` left in this folder; undefined where there never was one. */
export function readStack(directory = stackDirectory()): StackState | undefined {
  const file = path.join(directory, FILE);
  if (!existsSync(file)) return undefined;
  const state = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: number };
  if (state.version !== FORMAT) throw new ServiceFailed(`${file} is of another version of Orchid: remove its folder`);
  return state as StackState;
}

/** The state with everything that follows from its services made to fit them. */
export function withServices(state: StackState, services: StackState['services']): StackState {
  const broker = services.kafka === undefined ? 'file' : 'kafka';
  const env: Record<string, string> = {};
  for (const name of SERVICE_NAMES) {
    const record = services[name];
    if (record === undefined) continue;
    env[URL_VARIABLES[name]] = record.url;
    if (record.adminUrl !== undefined) env.DATABASE_ADMIN_URL = record.adminUrl;
  }
  if (Object.keys(env).length > 0) env.BROKER = broker;
  return { ...state, services, broker, env };
}

/** Keeps `state.json` in step while services start side by side; every change is on disk when the call returns. */
export class StackStateFile {
  private constructor(private current: StackState) {}

  static open(directory: string): StackStateFile {
    mkdirSync(directory, { recursive: true });
    return new StackStateFile(readStack(directory) ?? newState(directory));
  }

  get state(): StackState {
    return this.current;
  }

  setService(name: ServiceName, record: ServiceRecord | undefined): void {
    const { [name]: _replaced, ...others } = this.current.services;
    this.write(withServices(this.current, record === undefined ? others : { ...others, [name]: record }));
  }

  setPort(key: string, port: number): void {
    this.write({ ...this.current, ports: { ...this.current.ports, [key]: port } });
  }

  private write(state: StackState): void {
    const file = path.join(state.directory, FILE);
    const fresh = `${file}.${process.pid}`;
    writeFileSync(fresh, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
    renameSync(fresh, file);
    this.current = state;
  }
}

function newState(directory: string): StackState {
  const id = createHash('sha256').update(directory).digest('hex').slice(0, 8);
  const account = serverAccount(process.getuid?.() === 0);
  const reachable = account === undefined || canReach(account, directory);
  const secret = () => randomBytes(18).toString('hex');
  return {
    version: FORMAT,
    id,
    directory,
    dataDirectory: reachable ? path.join(directory, 'data') : path.join(os.tmpdir(), `orchid-stack-${id}`),
    secrets: { postgres: secret(), orchidOwner: secret(), rabbitmq: secret() },
    ports: {},
    services: {},
    broker: 'file',
    env: {},
  };
}
