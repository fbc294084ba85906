import path from 'node:path';
import Redis from 'ioredis';
import { spawnServer } from './server-process';
import { ServiceFailed } from './stack.errors';
import type { StackService } from './stack-service';

/** Redis that keeps what it is given: BullMQ's jobs must be neither evicted nor lost at a restart. */
export const redis: StackService = {
  name: 'redis',
  patience: 20_000,
  url: (port) => `redis://127.0.0.1:${port}`,

  async ping(url) {
    const client = new Redis(url, {
      lazyConnect: true,
      connectTimeout: 2_000,
      commandTimeout: 2_000,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return /redis_version:(\S+)/.exec(await client.info('server'))?.[1];
    } finally {
      client.disconnect();
    }
  },

  async launch(source, context) {
    if (source.kind !== 'system') throw new ServiceFailed(`Redis cannot be started from ${source.kind}`);
    const data = context.directory('redis');
    const settings = {
      port: await context.port('redis'),
      bind: '127.0.0.1',
      dir: data,
      appendonly: 'yes',
      'maxmemory-policy': 'noeviction',
      daemonize: 'no',
    };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
    context.started(
      await spawnServer(path.join(source.directory, 'redis-server'), args, {
        cwd: data,
        env: process.env,
        logFile: context.logFile('redis'),
      }),
    );
  },
};
