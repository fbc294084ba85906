import { BatchingPublisher } from '../batching/batching-publisher';
import { DEFAULT_TOPICS, type FileSettings } from '../publisher-settings';
import { FileSink } from './file-sink';

const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;

/** Publishes to `<directory>/<topic>.ndjson`: one line `{key, headers, value}` a message, each batch appended whole and synced. */
export class FilePublisher extends BatchingPublisher {
  constructor(settings: FileSettings) {
    super(new FileSink(settings.directory, settings.topics ?? DEFAULT_TOPICS), {
      maxMessageBytes: MAX_MESSAGE_BYTES,
      ...settings,
    });
  }
}
