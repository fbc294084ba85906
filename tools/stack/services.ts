import { kafka } from './kafka.service';
import { postgres } from './postgres.service';
import { rabbitmq } from './rabbitmq.service';
import { redis } from './redis.service';
import type { ServiceName, StackService } from './stack-service';

export const SERVICES: Readonly<Record<ServiceName, StackService>> = { postgres, redis, kafka, rabbitmq };
