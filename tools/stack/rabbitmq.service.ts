import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { connect } from 'amqplib';
import type { Machine } from './machine';
import { spawnServer } from './server-process';
import { ServiceFailed } from './stack.errors';
import type { LaunchContext, StackService } from './stack-service';

const USER = 'orchid';
const ERLANG_FOLDERS = ['/usr/lib/erlang', '/usr/lib64/erlang', '/opt/homebrew/lib/erlang', '/usr/local/lib/erlang'];

/** RabbitMQ as a node of its own, with its own `epmd`, beside whatever Erlang runs on this machine. */
export const rabbitmq: StackService = {
  name: 'rabbitmq',
  patience: 90_000,
  url: (port, secrets) => `amqp://${USER}:${secrets.rabbitmq}@127.0.0.1:${port}`,

  async ping(url) {
    const model = await connect(url, { timeout: 3_000 });
    model.on('error', () => undefined);
    const version: unknown = model.connection.serverProperties.version;
    await model.close();
    return typeof version === 'string' ? version : undefined;
  },

  async launch(source, context) {
    if (source.kind !== 'system') throw new ServiceFailed(`RabbitMQ cannot be started from ${source.kind}`);
    const home = context.directory('rabbitmq');
    const env = await serverEnvironment(context, home);
    writeFileSync(path.join(home, 'rabbitmq.conf'), serverSettings(context.secrets.rabbitmq), { mode: 0o600 });
    writeFileSync(path.join(home, 'enabled_plugins'), '[].\n');
    const epmd = findEpmd(context.machine);
    const logFile = context.logFile('rabbitmq');
    if (epmd !== undefined) {
      context.started(await spawnServer(epmd, ['-port', env.ERL_EPMD_PORT ?? ''], { cwd: home, env, logFile }));
    }
    const program = path.join(source.directory, 'rabbitmq-server');
    context.started(await spawnServer(program, [], { cwd: home, env, logFile }));
  },
};

async function serverEnvironment(context: LaunchContext, home: string): Promise<NodeJS.ProcessEnv> {
  return {
    ...process.env,
    HOME: home,
    // Without it the start script stays in front of the server and hands no signal on.
    RABBITMQ_ALLOW_INPUT: '1',
    RABBITMQ_NODENAME: `orchid-${context.stackId}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(await context.port('rabbitmq')),
    RABBITMQ_DIST_PORT: String(await context.port('rabbitmqDistribution')),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-noinput -kernel inet_dist_use_interface {127,0,0,1}',
    RABBITMQ_MNESIA_BASE: path.join(home, 'data'),
    RABBITMQ_LOG_BASE: path.join(home, 'log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_CONFIG_FILE: path.join(home, 'rabbitmq'),
    RABBITMQ_ENABLED_PLUGINS_FILE: path.join(home, 'enabled_plugins'),
    RABBITMQ_PID_FILE: path.join(home, 'rabbitmq.pid'),
    ERL_EPMD_PORT: String(await context.port('epmd')),
    ERL_EPMD_ADDRESS: '127.0.0.1',
  };
}

function serverSettings(password: string): string {
  return `default_user = ${USER}\ndefault_pass = ${password}\ndefault_permissions.configure = .*\ndefault_permissions.read = .*\ndefault_permissions.write = .*\n`;
}

/** Erlang starts an `epmd` that stays behind for good; started first, it is ours to end. */
function findEpmd(machine: Machine): string | undefined {
  const onPath = machine.findBinary('epmd');
  if (onPath !== undefined) return onPath;
  return ERLANG_FOLDERS.filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder)
        .filter((entry) => entry.startsWith('erts-'))
        .map((entry) => path.join(folder, entry, 'bin', 'epmd')),
    )
    .find((file) => existsSync(file));
}
