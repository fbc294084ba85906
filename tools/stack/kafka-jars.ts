import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import jarList from './kafka/jars.json';
import { ServiceFailed } from './stack.errors';
import type { JarsFrom } from './stack-service';

/** The pinned version of Apache Kafka. */
export const KAFKA_VERSION = jarList.version;

/** Path of each jar in a Maven repository, and its SHA-256. */
export type JarChecksums = Readonly<Record<string, string>>;

const CHECKSUMS: JarChecksums = jarList.sha256;
const POM = path.join(__dirname, 'kafka', 'pom.xml');
const DOWNLOADS_AT_ONCE = 6;

/** Outside the work tree, so that a fresh clone need not download again. */
export function kafkaJarsFolder(env: Readonly<Record<string, string | undefined>>): string {
  const cache = env.XDG_CACHE_HOME ?? path.join(env.HOME ?? os.homedir(), '.cache');
  return path.join(cache, 'orchid', `kafka-${KAFKA_VERSION}`);
}

/** Makes sure that all jars lie in `folder` and are the pinned ones; a cache that is not is thrown away. */
export async function provideKafkaJars(folder: string, from: JarsFrom, checksums = CHECKSUMS): Promise<void> {
  if (existsSync(folder)) {
    const wrong = wrongJars(folder, checksums);
    if (wrong.length === 0) return;
    rmSync(folder, { recursive: true });
    if (from.kind === 'cache')
      throw new ServiceFailed(`${folder} was damaged (${wrong.join(', ')}) and is removed: run again`);
  }
  mkdirSync(path.dirname(folder), { recursive: true });
  // Made beside its place and renamed, for two stacks may fetch at the same time.
  const fresh = mkdtempSync(`${folder}-`);
  try {
    await fetchJars(fresh, from, checksums);
    const wrong = wrongJars(fresh, checksums);
    if (wrong.length > 0) throw new ServiceFailed(`Kafka's jars do not have the pinned checksums: ${wrong.join(', ')}`);
    if (!existsSync(folder)) renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** The jars that are absent or differ from their checksum. */
export function wrongJars(folder: string, checksums: JarChecksums): string[] {
  return Object.entries(checksums)
    .map(([location, sha256]) => ({ file: path.basename(location), sha256 }))
    .filter(({ file, sha256 }) => checksumOf(path.join(folder, file)) !== sha256)
    .map(({ file }) => file);
}

/** The class path names each pinned jar: what else lies in the folder is not run. */
export function kafkaClassPath(folder: string): string {
  return Object.keys(CHECKSUMS)
    .map((location) => path.join(folder, path.basename(location)))
    .join(path.delimiter);
}

function checksumOf(file: string): string | undefined {
  return existsSync(file) ? createHash('sha256').update(readFileSync(file)).digest('hex') : undefined;
}

async function fetchJars(folder: string, from: JarsFrom, checksums: JarChecksums): Promise<void> {
  switch (from.kind) {
    case 'cache':
      throw new ServiceFailed('the cached jars have vanished: run again');
    case 'maven': {
      const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${folder}`];
      await promisify(execFile)(from.maven, ['-q', '-B', '-f', POM, ...goal], { timeout: 300_000 });
      return;
    }
    case 'download':
      await downloadAll(folder, from.repositoryUrl, Object.keys(checksums));
  }
}

async function downloadAll(folder: string, repositoryUrl: string, locations: readonly string[]): Promise<void> {
  const waiting = [...locations];
  const base = repositoryUrl.replace(/\/+$/, '');
  const work = async () => {
    for (let location = waiting.pop(); location !== undefined; location = waiting.pop()) {
      const response = await fetch(`${base}/${location}`, { signal: AbortSignal.timeout(120_000) });
      if (!response.ok)
        throw new ServiceFailed(`${path.basename(location)}: the repository answered ${response.status}`);
      writeFileSync(path.join(folder, path.basename(location)), Buffer.from(await response.arrayBuffer()));
    }
  };
  await Promise.all(Array.from({ length: DOWNLOADS_AT_ONCE }, work));
}
