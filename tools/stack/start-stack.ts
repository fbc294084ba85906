import { findSources } from './discovery';
import { kafkaJarsFolder } from './kafka-jars';
import type { Surroundings } from './launch-context';
import { inspectMachine, type Machine } from './machine';
import { absentMessage, maskPassword, missingMessage } from './messages';
import { isRunning, stopProcess } from './server-process';
import { SERVICES } from './services';
import { StackIncomplete } from './stack.errors';
import { withStackLock } from './stack-lock';
import { SERVICE_NAMES, URL_VARIABLES, type ServiceName, type Source } from './stack-service';
import {
  StackStateFile,
  stackDirectory,
  withServices,
  workspaceRoot,
  type ServiceRecord,
  type StackState,
} from './stack-state';
import { startService, urlsOf } from './start-service';

export interface StartStackOptions {
  /** The services that are wanted; all four if left out. */
  readonly services?: readonly ServiceName[];
  /** Services without which the call fails; PostgreSQL and Redis always are, as far as they are wanted. */
  readonly required?: readonly ServiceName[];
  readonly directory?: string;
  readonly log?: (line: string) => void;
  /** What is known of the machine; looked at when left out. */
  readonly machine?: Machine;
}

const ALWAYS_REQUIRED: readonly ServiceName[] = ['postgres', 'redis'];

/**
 * Makes the wanted services run and returns how to reach them; what runs already stays. Fails with
 * `stack_incomplete` before anything is started when a required service cannot be had on this machine.
 */
export async function startStack(options: StartStackOptions = {}): Promise<StackState> {
  const directory = stackDirectory(options.directory);
  const log = options.log ?? (() => undefined);
  return withStackLock(directory, log, async () => {
    const machine = options.machine ?? lookAround();
    const wanted = SERVICE_NAMES.filter((name) => (options.services ?? SERVICE_NAMES).includes(name));
    const required = [...ALWAYS_REQUIRED, ...(options.required ?? [])];
    const file = StackStateFile.open(directory);
    return startWanted(wanted, required, { file, machine, log });
  });
}

function lookAround(): Machine {
  return inspectMachine(process.env, { workspace: workspaceRoot(), kafkaJars: kafkaJarsFolder(process.env) });
}

async function startWanted(
  wanted: readonly ServiceName[],
  required: readonly ServiceName[],
  surroundings: Surroundings,
): Promise<StackState> {
  const { file, machine, log } = surroundings;
  const plan = wanted.map((name) => ({ name, sources: findSources(name, ignoreOwnUrl(name, machine, file)) }));
  const running = await findRunning(wanted, surroundings);
  const missing = plan
    .filter(({ name, sources }) => sources.length === 0 && !running.has(name))
    .map(({ name }) => name);
  const fatal = missing.filter((name) => required.includes(name));
  if (fatal.length > 0) throw new StackIncomplete(missingMessage(fatal, machine.distribution));
  for (const name of missing) log(absentMessage(name, machine));

  const records: Partial<Record<ServiceName, ServiceRecord>> = { ...file.state.services };
  const failures: string[] = [];
  const start = async (name: ServiceName, sources: readonly Source[]) => {
    try {
      records[name] = await provide(name, sources, running, surroundings);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      // A server that somebody named is meant: going on with another one would be a surprise.
      if (required.includes(name) || sources[0]?.kind === 'environment') failures.push(message);
      else log(`${message}\ngoing on without it`);
    }
  };
  await Promise.all(
    plan.filter(({ name }) => !missing.includes(name)).map(({ name, sources }) => start(name, sources)),
  );
  if (failures.length > 0) throw new StackIncomplete(failures.join('\n'));
  return withServices(file.state, records);
}

async function provide(
  name: ServiceName,
  sources: readonly Source[],
  running: ReadonlyMap<ServiceName, ServiceRecord>,
  surroundings: Surroundings,
): Promise<ServiceRecord> {
  const begun = performance.now();
  const before = sources[0]?.kind === 'environment' ? undefined : running.get(name);
  const record = before ?? (await startService(SERVICES[name], sources, surroundings));
  const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
  const whence = before === undefined ? `${record.origin}, ${seconds} s` : `${record.origin}, was running`;
  surroundings.log(`${name.padEnd(10)} ${maskPassword(record.url)}  (${whence})`);
  // A server of the environment is remembered only where it does not displace one that this stack must still stop.
  if (record.origin === 'environment' && !running.has(name)) surroundings.file.setService(name, record);
  return record;
}

/** The services whose record still holds; the remains of a service that has died are cleared away. */
async function findRunning(
  wanted: readonly ServiceName[],
  { file }: Surroundings,
): Promise<ReadonlyMap<ServiceName, ServiceRecord>> {
  const running = new Map<ServiceName, ServiceRecord>();
  const look = async (name: ServiceName) => {
    const record = file.state.services[name];
    if (record === undefined || record.origin === 'environment') return;
    if (record.processes.every(isRunning) && (await answers(name, record.url))) {
      running.set(name, record);
      return;
    }
    await Promise.all(record.processes.map((process) => stopProcess(process)));
    file.setService(name, undefined);
  };
  await Promise.all(wanted.map(look));
  return running;
}

async function answers(name: ServiceName, url: string): Promise<boolean> {
  return SERVICES[name].ping(url).then(
    () => true,
    () => false,
  );
}

/** After `eval "$(npm run -s stack -- env)"` the environment names the stack's own servers, which are no strangers. */
function ignoreOwnUrl(name: ServiceName, machine: Machine, file: StackStateFile): Machine {
  const variable = URL_VARIABLES[name];
  if (machine.env[variable] !== urlsOf(SERVICES[name], file).url) return machine;
  return { ...machine, env: { ...machine.env, [variable]: undefined } };
}
