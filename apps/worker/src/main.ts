import 'reflect-metadata';
import { runProcess } from '@orchid/observability';

void runProcess('worker', async () => (await import('./start-worker.js')).startWorker);
