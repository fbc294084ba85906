import type { Machine } from './machine';
import { absentMessage, maskPassword, missingMessage } from './messages';

const machine = (change: Partial<Machine> = {}): Machine => ({
  env: {},
  distribution: 'debian',
  isRoot: false,
  dockerRuns: false,
  embeddedPostgres: undefined,
  kafkaJarsCached: false,
  java: undefined,
  findBinary: () => undefined,
  ...change,
});

describe('messages of a machine that lacks something', () => {
  it('says once what to install for all that is missing, and the ways around it', () => {
    expect(missingMessage(['postgres', 'redis'], 'debian').split('\n')).toEqual([
      'Missing: PostgreSQL, Redis. Do one of these:',
      '  - install what is missing and run this again:',
      '    Debian/Ubuntu: sudo apt-get install -y --no-install-recommends postgresql redis-server',
      '  - start a Docker engine and run this again;',
      '  - set DATABASE_URL, REDIS_URL to what runs elsewhere.',
    ]);
  });

  it('names the packages of each distribution, and all of them where it knows none', () => {
    expect(missingMessage(['redis'], 'fedora')).toContain('Fedora:        sudo dnf install -y redis\n');
    expect(missingMessage(['redis'], 'macos')).toContain('macOS:         brew install redis\n');
    const unknown = missingMessage(['redis'], 'other');
    for (const command of ['apt-get install', 'dnf install', 'brew install']) expect(unknown).toContain(command);
  });

  it('says why Kafka cannot be had and that messages go to files', () => {
    expect(absentMessage('kafka', machine())).toContain(
      'Kafka cannot be had here (no Java 17 or newer): the broker is "file"',
    );
    expect(absentMessage('kafka', machine())).not.toContain('MAVEN_REPOSITORY_URL');
    expect(absentMessage('kafka', machine({ java: { path: 'java', major: 11 } }))).toContain(
      'Java 11 is older than 17',
    );
    const noMaven = absentMessage('kafka', machine({ java: { path: 'java', major: 17 } }));
    expect(noMaven).toContain('no Maven to fetch it with');
    expect(noMaven).toContain('set MAVEN_REPOSITORY_URL to a Maven repository');
  });

  it('goes on without RabbitMQ', () => {
    expect(absentMessage('rabbitmq', machine())).toMatch(/^RabbitMQ is not here; going on without it\. To have it:\n/);
    expect(absentMessage('rabbitmq', machine())).toContain(
      'sudo apt-get install -y --no-install-recommends rabbitmq-server',
    );
  });
});

describe('maskPassword', () => {
  it.each([
    ['postgresql://orchid_owner:s3cret@127.0.0.1:5432/orchid', 'postgresql://orchid_owner:***@127.0.0.1:5432/orchid'],
    ['redis://:s3cret@127.0.0.1:6379', 'redis://:***@127.0.0.1:6379'],
    ['redis://127.0.0.1:6379', 'redis://127.0.0.1:6379'],
    ['127.0.0.1:9092', '127.0.0.1:9092'],
    ['amqp://orchid:p%40ss@h:5672/v', 'amqp://orchid:***@h:5672/v'],
  ])('%s', (url, shown) => {
    expect(maskPassword(url)).toBe(shown);
  });
});
