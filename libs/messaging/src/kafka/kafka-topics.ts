import type { Admin, Kafka } from 'kafkajs';
import { PublishError } from '../publish.errors';
import type { KafkaSettings } from '../publisher-settings';

/** Sees to it that the topics are there: creates what is missing, or throws `broker_refused` where that is not allowed. */
export async function ensureTopics(kafka: Kafka, topics: readonly string[], settings: KafkaSettings): Promise<void> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const present = new Set(await admin.listTopics());
    const missing = [...new Set(topics)].filter((topic) => !present.has(topic));
    if (missing.length === 0) return;
    if (settings.createTopics === false) throw missingTopics(missing);
    await createTopics(admin, missing, settings);
  } finally {
    await admin.disconnect();
  }
}

async function createTopics(admin: Admin, topics: readonly string[], settings: KafkaSettings): Promise<void> {
  // -1 is the broker's own default (KIP-464).
  const numPartitions = settings.topicPartitions ?? -1;
  const replicationFactor = settings.topicReplication ?? -1;
  await admin.createTopics({
    waitForLeaders: true,
    topics: topics.map((topic) => ({ topic, numPartitions, replicationFactor })),
  });
}

function missingTopics(topics: readonly string[]): PublishError {
  return new PublishError(
    'broker_refused',
    `Kafka has no topic ${topics.join(', ')}, and creating it is switched off.`,
    {
      details: { topics: [...topics] },
    },
  );
}
