import 'reflect-metadata';
import { runProcess } from '@orchid/observability';

void runProcess('api', async () => (await import('./start-api.js')).startApi);
