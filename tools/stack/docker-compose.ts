import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { PORT_VARIABLES, type ServiceName, type StackSecrets } from './stack-service';

/** One call of the Docker client: what a test checks and {@link runDocker} runs. */
export interface DockerCommand {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What the compose file needs to know of a stack. */
export interface ComposeTarget {
  readonly workspace: string;
  readonly stackId: string;
  readonly secrets: StackSecrets;
  readonly ports: Readonly<Record<string, number>>;
}

export function composeUp(service: ServiceName, target: ComposeTarget): DockerCommand {
  return compose(target, ['up', '-d', service]);
}

export function composeStop(service: ServiceName, target: ComposeTarget): DockerCommand {
  return compose(target, ['rm', '--stop', '--force', service]);
}

/** Removes the containers and the volumes with all data. */
export function composePurge(target: ComposeTarget): DockerCommand {
  return compose(target, ['down', '--volumes']);
}

export async function runDocker(command: DockerCommand): Promise<void> {
  // The first start pulls the image.
  await promisify(execFile)('docker', [...command.args], {
    env: { ...process.env, ...command.env },
    timeout: 600_000,
  });
}

function compose(target: ComposeTarget, args: readonly string[]): DockerCommand {
  const file = path.join(target.workspace, 'docker', 'compose.yaml');
  const variables = { ...PORT_VARIABLES, rabbitmqManagement: 'ORCHID_RABBITMQ_MANAGEMENT_PORT' };
  const ports = Object.entries(variables).flatMap(([service, variable]) => {
    const port = target.ports[service];
    return port === undefined ? [] : [[variable, String(port)] as const];
  });
  return {
    args: ['compose', '-p', `orchid-${target.stackId}`, '-f', file, ...args],
    env: {
      ...Object.fromEntries(ports),
      POSTGRES_PASSWORD: target.secrets.postgres,
      ORCHID_OWNER_PASSWORD: target.secrets.orchidOwner,
      RABBITMQ_PASSWORD: target.secrets.rabbitmq,
    },
  };
}
