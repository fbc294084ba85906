import { JAVA_AT_LEAST, MAVEN_REPOSITORY_VARIABLE } from './discovery';
import type { Distribution, Machine } from './machine';
import { SERVICE_LABELS, URL_VARIABLES, type ServiceName } from './stack-service';

const INSTALLERS: Readonly<
  Record<Exclude<Distribution, 'other'>, { readonly name: string; readonly command: string }>
> = {
  debian: { name: 'Debian/Ubuntu', command: 'sudo apt-get install -y --no-install-recommends' },
  fedora: { name: 'Fedora', command: 'sudo dnf install -y' },
  macos: { name: 'macOS', command: 'brew install' },
};

const PACKAGES: Readonly<Record<ServiceName, Readonly<Record<Exclude<Distribution, 'other'>, string>>>> = {
  postgres: { debian: 'postgresql', fedora: 'postgresql-server', macos: 'postgresql@17' },
  redis: { debian: 'redis-server', fedora: 'redis', macos: 'redis' },
  kafka: { debian: 'default-jre-headless maven', fedora: 'java-21-openjdk-headless maven', macos: 'openjdk maven' },
  rabbitmq: { debian: 'rabbitmq-server', fedora: 'rabbitmq-server', macos: 'rabbitmq' },
};

/** One message for all that is missing: what to install here, or which setting names a server elsewhere. */
export function missingMessage(missing: readonly ServiceName[], distribution: Distribution): string {
  const known = Object.keys(INSTALLERS) as (keyof typeof INSTALLERS)[];
  const shown = distribution === 'other' ? known : [distribution];
  const commands = shown.map((key) => {
    const packages = missing.map((service) => PACKAGES[service][key]).join(' ');
    return `    ${`${INSTALLERS[key].name}:`.padEnd(15)}${INSTALLERS[key].command} ${packages}`;
  });
  return [
    `Missing: ${missing.map((service) => SERVICE_LABELS[service]).join(', ')}. Do one of these:`,
    '  - install what is missing and run this again:',
    ...commands,
    '  - start a Docker engine and run this again;',
    `  - set ${missing.map((service) => URL_VARIABLES[service]).join(', ')} to what runs elsewhere.`,
  ].join('\n');
}

/** Why an optional service is absent, and what that means. */
export function absentMessage(service: ServiceName, machine: Machine): string {
  const install = missingMessage([service], machine.distribution).split('\n').slice(1).join('\n');
  if (service !== 'kafka')
    return `${SERVICE_LABELS[service]} is not here; going on without it. To have it:\n${install}`;
  const lines = [
    `Kafka cannot be had here (${whyNoKafka(machine)}): the broker is "file", messages are written to files.`,
    `To have it:\n${install}`,
  ];
  if (hasJava(machine))
    lines.push(`  - or set ${MAVEN_REPOSITORY_VARIABLE} to a Maven repository: Java is here, only Maven is not.`);
  return lines.join('\n');
}

/** `postgresql://owner:***@host/db`: a URL that may be shown. */
export function maskPassword(url: string): string {
  return url.replace(/(\/\/[^:/@]*):[^@/]*@/, '$1:***@');
}

function hasJava({ java }: Machine): boolean {
  return java !== undefined && java.major >= JAVA_AT_LEAST;
}

function whyNoKafka(machine: Machine): string {
  if (machine.java === undefined) return `no Java ${JAVA_AT_LEAST} or newer`;
  return hasJava(machine) ? 'no Maven to fetch it with' : `Java ${machine.java.major} is older than ${JAVA_AT_LEAST}`;
}
