import 'reflect-metadata';
import { runProcess } from '@orchid/observability';

void runProcess('scheduler', async () => (await import('./start-scheduler.js')).startScheduler);
