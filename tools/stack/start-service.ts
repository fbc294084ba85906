import { installPackage } from './apt-packages';
import { composeUp, runDocker } from './docker-compose';
import { findSources } from './discovery';
import { KAFKA_VERSION } from './kafka-jars';
import { launchContext, type Surroundings } from './launch-context';
import { isRunning, lastWords, stopProcess, type ProcessRecord } from './server-process';
import { ServiceFailed } from './stack.errors';
import { SERVICE_LABELS, type LaunchContext, type LaunchSource, type Source, type StackService } from './stack-service';
import { workspaceRoot, type ServiceRecord, type StackStateFile } from './stack-state';

const LOOK_EVERY = 100;

/** Starts the service from the first of its sources that works; the state says so before this resolves. */
export async function startService(
  service: StackService,
  sources: readonly Source[],
  surroundings: Surroundings,
): Promise<ServiceRecord> {
  const failures: string[] = [];
  for (const source of sources) {
    try {
      return await startFrom(source, service, surroundings);
    } catch (error) {
      failures.push(`from ${source.kind}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new ServiceFailed(`${SERVICE_LABELS[service.name]} did not start\n  ${failures.join('\n  ')}`);
}

async function startFrom(source: Source, service: StackService, surroundings: Surroundings): Promise<ServiceRecord> {
  if (source.kind === 'environment') return checkEnvironment(source.url, service);
  const { file, machine, log } = surroundings;
  const processes: ProcessRecord[] = [];
  const record = (version?: string): ServiceRecord => ({
    origin: source.kind,
    ...urlsOf(service, file),
    ...(version !== undefined && { version }),
    processes,
  });
  const context = launchContext({ file, machine, log }, (started) => {
    processes.push(started);
    file.setService(service.name, record());
  });
  try {
    await context.port(service.name);
    if (source.kind === 'docker') await startContainer(service, context, file);
    else await service.launch(await resolve(source, service, surroundings), context);
    const answer = await waitUntilAnswers(service, record(), context.logFile(service.name));
    // Kafka tells no version; that of its own jars is pinned.
    const version = answer ?? (source.kind === 'jars' ? KAFKA_VERSION : undefined);
    const { adminUrl } = record();
    if (adminUrl !== undefined) await service.prepare?.(adminUrl, file.state.secrets);
    file.setService(service.name, record(version));
    return record(version);
  } catch (error) {
    await Promise.all(processes.map((started) => stopProcess(started)));
    file.setService(service.name, undefined);
    throw error;
  }
}

async function checkEnvironment(url: string, service: StackService): Promise<ServiceRecord> {
  const adminUrl = service.name === 'postgres' ? process.env.DATABASE_ADMIN_URL : undefined;
  const version = await service.ping(url).catch((cause: unknown) => {
    throw new ServiceFailed(
      `the ${SERVICE_LABELS[service.name]} named by the environment does not answer (${String(cause)})`,
      cause,
    );
  });
  return {
    origin: 'environment',
    url,
    ...(adminUrl !== undefined && { adminUrl }),
    ...(version !== undefined && { version }),
    processes: [],
  };
}

async function startContainer(service: StackService, context: LaunchContext, file: StackStateFile): Promise<void> {
  if (service.name === 'rabbitmq') await context.port('rabbitmqManagement');
  const { id, secrets, ports } = file.state;
  await runDocker(composeUp(service.name, { workspace: workspaceRoot(), stackId: id, secrets, ports }));
}

/** Installs what is to be installed: afterwards the program is one of the system's. */
async function resolve(
  source: Exclude<Source, { kind: 'environment' | 'docker' }>,
  service: StackService,
  { machine, log }: Surroundings,
): Promise<LaunchSource> {
  if (source.kind !== 'apt') return source;
  log(`${service.name}: installing the package ${source.packageName}`);
  await installPackage(source.packageName);
  const installed = findSources(service.name, machine).find((found) => found.kind === 'system');
  if (installed?.kind !== 'system')
    throw new ServiceFailed(`${source.packageName} brought no program that can be found`);
  return installed;
}

export function urlsOf(service: StackService, file: StackStateFile): Pick<ServiceRecord, 'url' | 'adminUrl'> {
  const { ports, secrets } = file.state;
  const port = ports[service.name] ?? 0;
  const adminUrl = service.adminUrl?.(port, secrets);
  return { url: service.url(port, secrets), ...(adminUrl !== undefined && { adminUrl }) };
}

async function waitUntilAnswers(
  service: StackService,
  { url, adminUrl, processes }: ServiceRecord,
  logFile: string,
): Promise<string | undefined> {
  const deadline = Date.now() + service.patience;
  for (;;) {
    try {
      return await service.ping(adminUrl ?? url);
    } catch (cause) {
      const dead = processes.some((process) => !isRunning(process));
      if (dead || Date.now() > deadline) {
        const what = dead ? 'it ended while starting' : `no answer within ${service.patience / 1000} s`;
        throw new ServiceFailed(`${what}; its last words:\n${lastWords(logFile)}`, cause);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    }
  }
}
