import { execFile } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ENVIRONMENT = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
/** Debian asks this script before a package may start its service (Debian Policy, 9.3.3). */
const POLICY = '/usr/sbin/policy-rc.d';
const REFUSE_ALL = '#!/bin/sh\nexit 101\n';

let queue: Promise<unknown> = Promise.resolve();

/** Installs a package of the distribution as root, without letting it start its service; one at a time. */
export function installPackage(packageName: string): Promise<void> {
  const installation = queue.then(() => install(packageName));
  queue = installation.catch(() => undefined);
  return installation;
}

async function install(packageName: string): Promise<void> {
  const policyIsOurs = !existsSync(POLICY);
  if (policyIsOurs) writeFileSync(POLICY, REFUSE_ALL, { mode: 0o755 });
  try {
    await aptInstall(packageName).catch(async () => {
      // No package lists yet, or ones that name files that have since been replaced.
      await run('apt-get', ['update'], { env: ENVIRONMENT });
      await aptInstall(packageName);
    });
  } finally {
    if (policyIsOurs) rmSync(POLICY, { force: true });
  }
}

function aptInstall(packageName: string): Promise<unknown> {
  const args = ['-o', 'DPkg::Lock::Timeout=120', 'install', '-y', '--no-install-recommends', packageName];
  return run('apt-get', args, { env: ENVIRONMENT, maxBuffer: 32 * 1024 * 1024 });
}
