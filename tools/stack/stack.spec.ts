import { readFileSync } from 'node:fs';
import path from 'node:path';
import { composePurge, composeStop, composeUp } from './docker-compose';
import { KAFKA_VERSION, kafkaClassPath, kafkaJarsFolder } from './kafka-jars';
import { serverProperties } from './kafka.service';
import { pickAccount } from './server-account';
import { SERVICES } from './services';
import { withServices, type StackState } from './stack-state';
import { isUsable, type ServiceStatus } from './stack-status';

const secrets = { postgres: 'super', orchidOwner: 'owner', rabbitmq: 'rabbit' };

describe('docker command lines', () => {
  const target = { workspace: '/repo', stackId: 'abc', secrets, ports: { postgres: 21000, rabbitmqManagement: 21001 } };
  const prefix = ['compose', '-p', 'orchid-abc', '-f', '/repo/docker/compose.yaml'];

  it('start, stop and purge with a project of this stack', () => {
    expect(composeUp('postgres', target).args).toEqual([...prefix, 'up', '-d', 'postgres']);
    expect(composeStop('redis', target).args).toEqual([...prefix, 'rm', '--stop', '--force', 'redis']);
    expect(composePurge(target).args).toEqual([...prefix, 'down', '--volumes']);
  });

  it('hand over ports and passwords by the environment, where no process list shows them', () => {
    expect(composeUp('postgres', target).env).toEqual({
      ORCHID_PG_PORT: '21000',
      ORCHID_RABBITMQ_MANAGEMENT_PORT: '21001',
      POSTGRES_PASSWORD: 'super',
      ORCHID_OWNER_PASSWORD: 'owner',
      RABBITMQ_PASSWORD: 'rabbit',
    });
  });

  it('use only variables and services that the compose file has', () => {
    const compose = readFileSync(path.join(__dirname, '../../docker/compose.yaml'), 'utf8');
    const ports = { postgres: 1, redis: 2, kafka: 3, rabbitmq: 4, rabbitmqManagement: 5 };
    for (const name of Object.keys(composeUp('redis', { ...target, ports }).env))
      expect(compose).toContain(`\${${name}:-`);
    for (const name of Object.keys(SERVICES)) expect(compose).toContain(`\n  ${name}:\n    image:`);
    expect(compose).toContain(`image: apache/kafka:${KAFKA_VERSION}\n`);
  });
});

describe("Kafka's jars", () => {
  it('are pinned in one version, the one of the pom', () => {
    const pom = readFileSync(path.join(__dirname, 'kafka/pom.xml'), 'utf8');
    expect(pom).toContain(`<artifactId>kafka_2.13</artifactId>\n      <version>${KAFKA_VERSION}</version>`);
    expect(kafkaClassPath('/jars').split(':')).toContain(`/jars/kafka_2.13-${KAFKA_VERSION}.jar`);
  });

  it('are kept in the cache of the user', () => {
    expect(kafkaJarsFolder({ XDG_CACHE_HOME: '/cache' })).toBe(`/cache/orchid/kafka-${KAFKA_VERSION}`);
    expect(kafkaJarsFolder({ HOME: '/home/a' })).toBe(`/home/a/.cache/orchid/kafka-${KAFKA_VERSION}`);
  });

  it('run one node that serves on loopback only', () => {
    const lines = serverProperties({ broker: 21000, controller: 21001 }, '/data/log').split('\n');
    expect(lines).toContain('listeners=PLAINTEXT://127.0.0.1:21000,CONTROLLER://127.0.0.1:21001');
    expect(lines).toContain('controller.quorum.voters=1@127.0.0.1:21001');
    expect(lines).toContain('transaction.state.log.min.isr=1');
    expect(lines).toContain('log.dirs=/data/log');
  });
});

describe('the state', () => {
  const empty: StackState = {
    version: 1,
    id: 'abc',
    directory: '/stack',
    dataDirectory: '/stack/data',
    secrets,
    ports: {},
    services: {},
    broker: 'file',
    env: {},
  };
  const record = (url: string) => ({ origin: 'system' as const, url, processes: [] });

  it('offers the settings of the services that run, and files where there is no Kafka', () => {
    const state = withServices(empty, {
      postgres: { ...record('pg://'), adminUrl: 'pg://admin' },
      redis: record('r://'),
    });
    expect(state.env).toEqual({
      DATABASE_URL: 'pg://',
      DATABASE_ADMIN_URL: 'pg://admin',
      REDIS_URL: 'r://',
      BROKER: 'file',
    });
  });

  it('offers Kafka where it runs', () => {
    const state = withServices(empty, { kafka: record('127.0.0.1:1') });
    expect(state.broker).toBe('kafka');
    expect(state.env).toEqual({ KAFKA_BROKERS: '127.0.0.1:1', BROKER: 'kafka' });
  });

  it('offers nothing when all is stopped', () => {
    expect(withServices(withServices(empty, { redis: record('r://') }), {}).env).toEqual({});
  });

  it.each([
    ['up', 'up', true],
    ['down', 'up', false],
    ['up', 'down', false],
  ] as const)('is usable with PostgreSQL %s and Redis %s: %s', (postgres, redis, usable) => {
    const status = (value: 'up' | 'down'): ServiceStatus => ({ status: value });
    const services = {
      postgres: status(postgres),
      redis: status(redis),
      kafka: status('down'),
      rabbitmq: status('down'),
    };
    expect(isUsable({ services, broker: 'file' })).toBe(usable);
  });
});

describe('the account of a server that refuses root', () => {
  it('is postgres, else nobody', () => {
    const passwd = 'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin\n';
    expect(pickAccount(passwd)).toEqual({ name: 'nobody', uid: 65534, gid: 65533 });
    expect(pickAccount(`${passwd}postgres:x:101:104::/var/lib/postgresql:/bin/sh\n`)?.uid).toBe(101);
    expect(pickAccount('root:x:0:0::/root:/bin/sh\n')).toBeUndefined();
  });
});
