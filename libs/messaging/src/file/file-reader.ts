import { open } from 'node:fs/promises';
import { systemClock } from '@orchid/kernel';
import { DEFAULT_TOPICS, type FileSettings } from '../publisher-settings';
import type { Channel } from '../publisher.port';
import { readRecords } from '../reading/read-records';
import type { ConsumedRecord, ReadOptions, RecordReader } from '../reading/reader.port';
import type { RecordStream } from '../reading/record-stream';
import { topicFile } from './file-sink';
import { parseRecordLine } from './record-line';

const POLL_MS = 25;
const CHUNK_BYTES = 256 * 1024;

/** Reads a topic's file; a last line without its line break is not there yet. */
export class FileReader implements RecordReader {
  constructor(private readonly settings: FileSettings) {}

  read(channel: Channel, options: ReadOptions): AsyncIterable<ConsumedRecord> {
    const topic = (this.settings.topics ?? DEFAULT_TOPICS)[channel];
    const file = topicFile(this.settings.directory, topic);
    return readRecords((stream) => {
      const stop = new AbortController();
      const follow = options.until !== 'end';
      const feeding = feed({ file, topic, follow, signal: stop.signal }, stream).catch((error: unknown) =>
        stream.end(error instanceof Error ? error : new Error(String(error))),
      );
      return Promise.resolve(async () => {
        stop.abort();
        await feeding;
      });
    }, options);
  }

  async close(): Promise<void> {
    // Every reading has a file handle of its own.
  }
}

interface Source {
  readonly file: string;
  readonly topic: string;
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

async function feed(source: Source, stream: RecordStream): Promise<void> {
  let position = 0;
  while (!source.signal.aborted) {
    position = await readLines(source, position, stream);
    if (!source.follow) break;
    await systemClock.sleep(POLL_MS, source.signal).catch(() => undefined);
  }
  stream.end();
}

/** Pushes every whole line from the position on; returns where the first incomplete one begins. */
async function readLines({ file, topic, signal }: Source, from: number, stream: RecordStream): Promise<number> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return from;
  try {
    let lineStart = from;
    let rest = Buffer.alloc(0);
    for (;;) {
      const { bytesRead, buffer } = await handle.read(
        Buffer.alloc(CHUNK_BYTES),
        0,
        CHUNK_BYTES,
        lineStart + rest.length,
      );
      if (bytesRead === 0 || signal.aborted) return lineStart;
      rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      const used = await pushLines(rest, { topic, lineStart }, stream);
      lineStart += used;
      rest = rest.subarray(used);
    }
  } finally {
    await handle.close();
  }
}

async function pushLines(
  bytes: Buffer,
  { topic, lineStart }: { readonly topic: string; readonly lineStart: number },
  stream: RecordStream,
): Promise<number> {
  let start = 0;
  for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
    const offset = String(lineStart + start);
    const record = parseRecordLine(bytes.toString('utf8', start, end), { topic, offset });
    if (record !== undefined) await stream.push(record);
    start = end + 1;
  }
  return start;
}
