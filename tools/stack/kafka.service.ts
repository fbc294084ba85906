import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { kafkaClassPath, kafkaJarsFolder, provideKafkaJars } from './kafka-jars';
import { spawnServer } from './server-process';
import { ServiceFailed } from './stack.errors';
import type { LaunchContext, LaunchSource, StackService } from './stack-service';

const LOG_SETTINGS = path.join(__dirname, 'kafka', 'log4j.properties');
/** Any fixed id will do for a cluster of one node; Kafka wants 16 bytes in base64url. */
const CLUSTER_ID = Buffer.from('orchid-dev-stack').toString('base64url');

/** One Kafka node in KRaft mode, broker and controller at once. */
export const kafka: StackService = {
  name: 'kafka',
  patience: 60_000,
  url: (port) => `127.0.0.1:${port}`,

  async ping(brokers) {
    const client = new Kafka({
      clientId: 'orchid-stack',
      brokers: brokers.split(','),
      logLevel: logLevel.NOTHING,
      connectionTimeout: 2_000,
      requestTimeout: 5_000,
      retry: { retries: 0 },
    });
    const admin = client.admin();
    try {
      await admin.connect();
      const cluster = await admin.describeCluster();
      if (cluster.brokers.length === 0) throw new ServiceFailed('no broker is registered yet');
      return undefined;
    } finally {
      await admin.disconnect();
    }
  },

  async launch(source, context) {
    const data = context.directory('kafka');
    const settings = path.join(data, 'server.properties');
    const ports = { broker: await context.port('kafka'), controller: await context.port('kafkaController') };
    writeFileSync(settings, serverProperties(ports, path.join(data, 'log')));
    const programs = await programsFrom(source, context);
    if (!existsSync(path.join(data, 'log', 'meta.properties'))) {
      const args = [...programs.storage.args, 'format', '-t', CLUSTER_ID, '-c', settings];
      await promisify(execFile)(programs.storage.command, args, { cwd: data, env: programs.env });
    }
    context.started(
      await spawnServer(programs.server.command, [...programs.server.args, settings], {
        cwd: data,
        env: programs.env,
        logFile: context.logFile('kafka'),
      }),
    );
  },
};

interface Programs {
  readonly storage: { readonly command: string; readonly args: readonly string[] };
  readonly server: { readonly command: string; readonly args: readonly string[] };
  readonly env: NodeJS.ProcessEnv;
}

async function programsFrom(source: LaunchSource, context: LaunchContext): Promise<Programs> {
  if (source.kind === 'npm') throw new ServiceFailed('Kafka does not come from npm');
  if (source.kind === 'system') {
    const program = (name: string) => ({ command: path.join(source.directory, name), args: [] });
    // Kafka's scripts write their logs below the installation, which may not be ours to write.
    const env = { ...process.env, KAFKA_HEAP_OPTS: '-Xmx512m', LOG_DIR: context.directory('kafka') };
    return { storage: program('kafka-storage.sh'), server: program('kafka-server-start.sh'), env };
  }
  const folder = kafkaJarsFolder(context.machine.env);
  if (source.via.kind !== 'cache') context.log("kafka: fetching Apache Kafka's jars (46 MB, once)");
  await provideKafkaJars(folder, source.via);
  const options = ['-Xmx512m', `-Dlog4j.configuration=file:${LOG_SETTINGS}`, '-cp', kafkaClassPath(folder)];
  return {
    storage: { command: source.java, args: [...options, 'kafka.tools.StorageTool'] },
    server: { command: source.java, args: [...options, 'kafka.Kafka'] },
    env: process.env,
  };
}

export function serverProperties(ports: { broker: number; controller: number }, logFolder: string): string {
  const settings: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
    listeners: `PLAINTEXT://127.0.0.1:${ports.broker},CONTROLLER://127.0.0.1:${ports.controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${ports.broker}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': logFolder,
    'auto.create.topics.enable': true,
    'num.partitions': 3,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'min.insync.replicas': 1,
    'group.initial.rebalance.delay.ms': 0,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
