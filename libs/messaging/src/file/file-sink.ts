import { constants } from 'node:fs';
import { access, type FileHandle, mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import type { BatchSink, Refusal } from '../batching/batch-sink.port';
import { PublishError } from '../publish.errors';
import type { TopicNames } from '../publisher-settings';
import type { OutgoingRecord } from '../publisher.port';
import { recordLine } from './record-line';

const NEWLINE = 0x0a;

/** Batches as one synced append to each topic's file. */
export class FileSink implements BatchSink {
  constructor(
    private readonly directory: string,
    private readonly topics: TopicNames,
  ) {}

  async send(batch: readonly OutgoingRecord[]): Promise<readonly Refusal[]> {
    const lines = new Map<string, string[]>();
    for (const record of batch) {
      const file = topicFile(this.directory, this.topics[record.channel]);
      const held = lines.get(file) ?? [];
      held.push(recordLine(record));
      lines.set(file, held);
    }
    try {
      for (const [file, texts] of lines) await this.append(file, texts.join(''));
      return [];
    } catch (error) {
      throw PublishError.unavailable('The sink directory cannot be written', error);
    }
  }

  async ping(): Promise<void> {
    try {
      await mkdir(this.directory, { recursive: true });
      await access(this.directory, constants.W_OK);
    } catch (error) {
      throw PublishError.unavailable('The sink directory cannot be written', error);
    }
  }

  async close(): Promise<void> {
    // Every batch opens and closes its files.
  }

  /** Opened for each batch, so that a file which somebody moved away or deleted is begun anew. */
  private async append(file: string, text: string): Promise<void> {
    const handle = await this.open(file);
    try {
      const torn = await endsTorn(handle);
      const bytes = Buffer.from(torn ? `\n${text}` : text, 'utf8');
      const { bytesWritten } = await handle.write(bytes);
      if (bytesWritten < bytes.length) throw new Error(`only ${bytesWritten} of ${bytes.length} bytes were written`);
      await handle.datasync();
    } finally {
      await handle.close();
    }
  }

  private async open(file: string): Promise<FileHandle> {
    try {
      return await open(file, 'a+');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      await mkdir(this.directory, { recursive: true });
      return open(file, 'a+');
    }
  }
}

export function topicFile(directory: string, topic: string): string {
  return path.join(directory, `${topic}.ndjson`);
}

// What a crash cut short stays a line of its own, which readers pass over; cutting it off could hurt another writer.
async function endsTorn(handle: FileHandle): Promise<boolean> {
  const { size } = await handle.stat();
  if (size === 0) return false;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== NEWLINE;
}
