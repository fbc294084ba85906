import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { findFreePort, isFree } from './free-port';
import type { Machine } from './machine';
import { ServiceFailed } from './stack.errors';
import { PORT_VARIABLES, SERVICE_NAMES, type LaunchContext } from './stack-service';
import type { StackStateFile } from './stack-state';

/** What starting a service needs besides the service itself. */
export interface Surroundings {
  readonly file: StackStateFile;
  readonly machine: Machine;
  readonly log: (line: string) => void;
}

export function launchContext(surroundings: Surroundings, started: LaunchContext['started']): LaunchContext {
  const { file, machine, log } = surroundings;
  const { id, secrets, dataDirectory } = file.state;
  const directory = (...names: string[]) => {
    const folder = path.join(dataDirectory, ...names);
    mkdirSync(folder, { recursive: true });
    // Whatever the caller's umask: servers with an account of their own walk through here.
    chmodSync(dataDirectory, 0o755);
    return folder;
  };
  return {
    stackId: id,
    machine,
    secrets,
    directory,
    logFile: (name) => path.join(directory('logs'), `${name}.log`),
    port: (key) => choosePort(key, surroundings),
    log,
    started,
  };
}

async function choosePort(key: string, { file, machine }: Surroundings): Promise<number> {
  const service = SERVICE_NAMES.find((name) => name === key);
  const wanted = service === undefined ? undefined : machine.env[PORT_VARIABLES[service]];
  const known = file.state.ports[key];
  if (wanted !== undefined && wanted !== '') {
    if (!(await isFree(Number(wanted)))) throw new ServiceFailed(`port ${wanted} is taken`);
    file.setPort(key, Number(wanted));
  } else if (known === undefined || !(await isFree(known))) {
    const isTaken = (port: number) => Object.values(file.state.ports).includes(port);
    file.setPort(key, await findFreePort(isTaken));
  }
  return file.state.ports[key] ?? 0;
}
