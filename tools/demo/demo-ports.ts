import { once } from 'node:events';
import { createServer } from 'node:net';
import { DemoError } from './demo.errors';

export type DemoApp = 'api' | 'worker' | 'scheduler';
export type DemoPorts = Readonly<Record<DemoApp, number>>;

const USUAL: Readonly<Record<DemoApp, { readonly variable: string; readonly port: number }>> = {
  api: { variable: 'API_PORT', port: 3_000 },
  worker: { variable: 'WORKER_PORT', port: 3_001 },
  scheduler: { variable: 'SCHEDULER_PORT', port: 3_002 },
};
export const DEMO_APPS = Object.keys(USUAL) as readonly DemoApp[];
const LARGEST_PORT = 65_535;

/** The ports asked for: `API_PORT` (or `PORT`), `WORKER_PORT`, `SCHEDULER_PORT`; 0 takes any free one. Throws {@link DemoError}. */
export function demoPorts(env: NodeJS.ProcessEnv): DemoPorts {
  const port = (app: DemoApp) => {
    const { variable, port: usual } = USUAL[app];
    const text = given(env[variable]) ?? (app === 'api' ? given(env.PORT) : undefined) ?? String(usual);
    const number = Number(text);
    if (/^\d{1,5}$/.test(text) && number <= LARGEST_PORT) return number;
    throw new DemoError(`${variable} is "${text}": it must be a port, or 0 for any free one.`);
  };
  return { api: port('api'), worker: port('worker'), scheduler: port('scheduler') };
}

/** Throws {@link DemoError} that names every port that somebody else listens on, and how to choose others. */
export async function assertFree(ports: DemoPorts): Promise<void> {
  const checked = await Promise.all(DEMO_APPS.map(async (app) => ({ app, free: await isFree(ports[app]) })));
  const taken = checked.filter(({ free }) => !free).map(({ app }) => app);
  if (taken.length === 0) return;
  const names = taken.map((app) => `${ports[app]} (${app})`).join(', ');
  const choice = taken.map((app) => `${USUAL[app].variable}=${ports[app] + 100}`).join(' ');
  throw new DemoError(
    [
      `Taken by another program: port ${names}.`,
      `Choose others - 0 takes any free one - and try again:  ${choice} npm start`,
    ].join('\n'),
  );
}

async function isFree(port: number): Promise<boolean> {
  if (port === 0) return true;
  const server = createServer();
  try {
    server.listen(port);
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

function given(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
