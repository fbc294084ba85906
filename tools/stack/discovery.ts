import type { Machine } from './machine';
import { URL_VARIABLES, type ServiceName, type Source } from './stack-service';

/** Kafka 3.9 still runs on 11, but 17 is what it is tested with. */
export const JAVA_AT_LEAST = 17;
/** Names a Maven repository to download Kafka's jars from where there is no `mvn`. */
export const MAVEN_REPOSITORY_VARIABLE = 'MAVEN_REPOSITORY_URL';

/**
 * Every way to get `service` on `machine`, the preferred one first: the environment's URL alone if there is one,
 * else Docker, a program of the system, npm or the package manager, Kafka's jars. Empty: it cannot be had here.
 */
export function findSources(service: ServiceName, machine: Machine): Source[] {
  const url = machine.env[URL_VARIABLES[service]];
  if (url !== undefined && url !== '') return [{ kind: 'environment', url }];
  const docker: Source[] = machine.dockerRuns ? [{ kind: 'docker' }] : [];
  return [...docker, ...localSources(service, machine)];
}

function localSources(service: ServiceName, machine: Machine): Source[] {
  switch (service) {
    case 'postgres': {
      const found: Source[] = system(machine, ['initdb', 'postgres']);
      if (machine.embeddedPostgres !== undefined) found.push({ kind: 'npm', directory: machine.embeddedPostgres });
      return orElse(found, apt(machine, 'postgresql'));
    }
    case 'redis':
      return orElse(system(machine, ['redis-server']), apt(machine, 'redis-server'));
    case 'rabbitmq':
      return orElse(system(machine, ['rabbitmq-server']), apt(machine, 'rabbitmq-server'));
    case 'kafka':
      return [...system(machine, ['kafka-server-start.sh', 'kafka-storage.sh']), ...kafkaJars(machine)];
  }
}

/** The folder of the first program, if all of them are in it. */
function system(machine: Machine, programs: readonly string[]): Source[] {
  const folders = programs.map((program) => folderOf(machine.findBinary(program)));
  const [first] = folders;
  return first !== undefined && folders.every((folder) => folder === first)
    ? [{ kind: 'system', directory: first }]
    : [];
}

function apt(machine: Machine, packageName: string): Source[] {
  const possible = machine.isRoot && machine.distribution === 'debian' && machine.findBinary('apt-get') !== undefined;
  return possible ? [{ kind: 'apt', packageName }] : [];
}

/** Nothing is installed on a machine that has something to start, even if that then fails. */
function orElse(found: Source[], otherwise: Source[]): Source[] {
  return found.length > 0 ? found : otherwise;
}

function kafkaJars(machine: Machine): Source[] {
  if (machine.java === undefined || machine.java.major < JAVA_AT_LEAST) return [];
  const java = machine.java.path;
  if (machine.kafkaJarsCached) return [{ kind: 'jars', java, via: { kind: 'cache' } }];
  const maven = machine.findBinary('mvn');
  const repositoryUrl = machine.env[MAVEN_REPOSITORY_VARIABLE];
  const sources: Source[] = [];
  if (maven !== undefined) sources.push({ kind: 'jars', java, via: { kind: 'maven', maven } });
  if (repositoryUrl !== undefined && repositoryUrl !== '') {
    sources.push({ kind: 'jars', java, via: { kind: 'download', repositoryUrl } });
  }
  return sources;
}

function folderOf(file: string | undefined): string | undefined {
  return file?.slice(0, file.lastIndexOf('/'));
}
