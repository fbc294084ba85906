import { findSources } from './discovery';
import { distributionOf, javaMajor, type Machine } from './machine';
import { SERVICE_NAMES } from './stack-service';

const nothing: Machine = {
  env: {},
  distribution: 'other',
  isRoot: false,
  dockerRuns: false,
  embeddedPostgres: undefined,
  kafkaJarsCached: false,
  java: undefined,
  findBinary: () => undefined,
};

const withPrograms = (...files: string[]) => ({
  findBinary: (name: string) => files.find((file) => file.endsWith(`/${name}`)),
});

const everything: Machine = {
  ...nothing,
  dockerRuns: true,
  isRoot: true,
  distribution: 'debian',
  embeddedPostgres: '/npm/bin',
  java: { path: '/usr/bin/java', major: 17 },
  ...withPrograms(
    '/usr/bin/initdb',
    '/usr/bin/postgres',
    '/usr/bin/redis-server',
    '/usr/bin/rabbitmq-server',
    '/usr/bin/apt-get',
    '/usr/bin/mvn',
  ),
};

describe('where a service comes from', () => {
  it('finds nothing on a machine with nothing', () => {
    for (const name of SERVICE_NAMES) expect(findSources(name, nothing)).toEqual([]);
  });

  it('takes what the environment names and looks no further', () => {
    const env = {
      DATABASE_URL: 'postgresql://db/x',
      REDIS_URL: 'redis://r',
      KAFKA_BROKERS: 'k:9092',
      RABBITMQ_URL: '',
    };
    const machine = { ...everything, env };
    expect(findSources('postgres', machine)).toEqual([{ kind: 'environment', url: 'postgresql://db/x' }]);
    expect(findSources('redis', machine)).toEqual([{ kind: 'environment', url: 'redis://r' }]);
    expect(findSources('kafka', machine)).toEqual([{ kind: 'environment', url: 'k:9092' }]);
    expect(findSources('rabbitmq', machine)[0]).toEqual({ kind: 'docker' });
  });

  it('prefers Docker, then the programs of the system, then npm', () => {
    expect(findSources('postgres', everything)).toEqual([
      { kind: 'docker' },
      { kind: 'system', directory: '/usr/bin' },
      { kind: 'npm', directory: '/npm/bin' },
    ]);
    expect(findSources('redis', everything)).toEqual([{ kind: 'docker' }, { kind: 'system', directory: '/usr/bin' }]);
  });

  it('does not mix the initdb of one PostgreSQL with the server of another', () => {
    const machine = { ...nothing, ...withPrograms('/opt/15/initdb', '/usr/bin/postgres') };
    expect(findSources('postgres', machine)).toEqual([]);
  });

  it('installs packages only as root on Debian and only what is not there', () => {
    const machine: Machine = { ...nothing, distribution: 'debian', isRoot: true, ...withPrograms('/usr/bin/apt-get') };
    expect(findSources('redis', machine)).toEqual([{ kind: 'apt', packageName: 'redis-server' }]);
    expect(findSources('rabbitmq', machine)).toEqual([{ kind: 'apt', packageName: 'rabbitmq-server' }]);
    expect(findSources('redis', { ...machine, isRoot: false })).toEqual([]);
    expect(findSources('redis', { ...machine, distribution: 'fedora' })).toEqual([]);
  });

  it('runs Kafka from its scripts, else from its jars: the cached, those of Maven, those of a named repository', () => {
    const java = { path: '/usr/bin/java', major: 17 };
    const jars = (via: object) => ({ kind: 'jars', java: java.path, via });
    const env = { MAVEN_REPOSITORY_URL: 'http://repository' };
    const maven: Machine = { ...nothing, env, java, ...withPrograms('/usr/bin/mvn') };
    expect(findSources('kafka', { ...maven, kafkaJarsCached: true })).toEqual([jars({ kind: 'cache' })]);
    expect(findSources('kafka', maven)).toEqual([
      jars({ kind: 'maven', maven: '/usr/bin/mvn' }),
      jars({ kind: 'download', repositoryUrl: 'http://repository' }),
    ]);
    expect(findSources('kafka', { ...nothing, java })).toEqual([]);
    expect(findSources('kafka', { ...maven, java: { path: '/usr/bin/java', major: 11 } })).toEqual([]);
    const scripts = withPrograms('/opt/kafka/bin/kafka-server-start.sh', '/opt/kafka/bin/kafka-storage.sh');
    expect(findSources('kafka', { ...nothing, ...scripts })).toEqual([{ kind: 'system', directory: '/opt/kafka/bin' }]);
  });
});

describe('what the machine is', () => {
  it.each([
    ['linux', 'ID=debian\nVERSION_ID="12"\n', 'debian'],
    ['linux', 'NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n', 'debian'],
    ['linux', 'ID="rocky"\nID_LIKE="rhel centos fedora"\n', 'fedora'],
    ['linux', 'ID=alpine\n', 'other'],
    ['linux', '', 'other'],
    ['darwin', '', 'macos'],
  ] as const)('%s %j is %s', (platform, osRelease, distribution) => {
    expect(distributionOf(platform, osRelease)).toBe(distribution);
  });

  it.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['java version "1.8.0_412"', 8],
    ['openjdk version "21" 2023-09-19', 21],
    ['The operation could not be completed. Unable to locate a Java Runtime.', undefined],
  ])('reads %j as Java %s', (output, major) => {
    expect(javaMajor(output)).toBe(major);
  });
});
