import { rmSync } from 'node:fs';
import { composePurge, composeStop, runDocker } from './docker-compose';
import { stopProcess } from './server-process';
import { withStackLock } from './stack-lock';
import { SERVICE_NAMES, type ServiceName } from './stack-service';
import { StackStateFile, readStack, stackDirectory, workspaceRoot, type ServiceRecord } from './stack-state';

export interface StopStackOptions {
  /** The services to stop; all if left out. */
  readonly services?: readonly ServiceName[];
  /** Deletes all data too; for the whole stack only. */
  readonly purge?: boolean;
  readonly directory?: string;
  readonly log?: (line: string) => void;
}

/** Stops what this stack started and nothing else; data stays for the next start unless purged. */
export async function stopStack(options: StopStackOptions = {}): Promise<void> {
  const directory = stackDirectory(options.directory);
  const log = options.log ?? (() => undefined);
  if (readStack(directory) === undefined) return;
  await withStackLock(directory, log, async () => {
    const file = StackStateFile.open(directory);
    const usedDocker = Object.values(file.state.services).some((record) => record.origin === 'docker');
    const stop = async (name: ServiceName) => {
      const record = file.state.services[name];
      if (record === undefined) return;
      await stopService(name, record, file);
      file.setService(name, undefined);
      log(`${name.padEnd(10)} ${record.origin === 'environment' ? 'forgotten, not stopped' : 'stopped'}`);
    };
    await Promise.all((options.services ?? SERVICE_NAMES).map(stop));
    if (options.purge !== true || options.services !== undefined) return;
    if (usedDocker) await runDocker(composePurge(targetOf(file)));
    rmSync(file.state.dataDirectory, { recursive: true, force: true });
    rmSync(directory, { recursive: true, force: true });
    log('all data removed');
  });
}

async function stopService(name: ServiceName, record: ServiceRecord, file: StackStateFile): Promise<void> {
  if (record.origin === 'docker') return runDocker(composeStop(name, targetOf(file)));
  // Last started, first stopped: RabbitMQ still needs its epmd while it leaves.
  for (const process of [...record.processes].reverse()) await stopProcess(process);
}

function targetOf(file: StackStateFile) {
  const { id, secrets, ports } = file.state;
  return { workspace: workspaceRoot(), stackId: id, secrets, ports };
}
