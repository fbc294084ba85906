import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Execution } from '@orchid/persistence';
import type { Response } from 'express';
import { API_PORTS, type ApiPorts } from '../api-ports';
import type { Caller } from '../http/caller';
import { TenantDoor } from '../http/tenant-door';
import { showExecution } from './execution.response';

const POLL_MS = 500;
/** Proxies close connections on which nothing moves. */
const HEARTBEAT_MS = 10_000;
const MOST_FAILURES = 20;

/** Tells a client how an execution goes on, until it has ended, the client has gone or the process shuts down. */
@Injectable()
export class ExecutionEvents {
  constructor(
    private readonly door: TenantDoor,
    @Inject(API_PORTS) private readonly ports: ApiPorts,
  ) {}

  /** Throws `NotFound` before anything is sent. */
  async send(caller: Caller, id: string): Promise<void> {
    const { response } = caller;
    const first = await this.read(caller, id);
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const over = AbortSignal.any([gone.signal, this.ports.closing]);
    open(response);
    try {
      await this.follow(caller, first, over);
    } finally {
      if (!response.writableEnded) response.end();
    }
  }

  private async follow(caller: Caller, first: Execution, over: AbortSignal): Promise<void> {
    const stream = new EventStream(caller.response);
    const isOver = () => over.aborted;
    let execution = first;
    for (let failures = 0; !isOver() && failures < MOST_FAILURES;) {
      stream.tell(execution);
      if (execution.finishedAt !== null) return;
      await delay(POLL_MS, undefined, { signal: over }).catch(() => undefined);
      if (isOver()) return;
      // A database that is away for a moment is no reason to send the client away.
      const next = await this.read(caller, execution.id).catch(() => null);
      failures = next === null ? failures + 1 : 0;
      execution = next ?? execution;
    }
  }

  private read(caller: Caller, id: string): Promise<Execution> {
    return this.door.run(caller, ({ work }) => work.executions.get(id));
  }
}

/** Writes an event whenever there is news, and a comment when there has been none for long. */
class EventStream {
  private told = '';
  private wroteAt = performance.now();

  constructor(private readonly response: Response) {}

  tell(execution: Execution): void {
    const data = JSON.stringify(showExecution(execution));
    if (data !== this.told) this.write(`event: progress\ndata: ${data}\n\n`);
    else if (performance.now() - this.wroteAt > HEARTBEAT_MS) this.write(': still here\n\n');
    this.told = data;
    if (execution.finishedAt !== null) this.write(`event: receipt\ndata: ${JSON.stringify(receiptOf(execution))}\n\n`);
  }

  private write(text: string): void {
    this.wroteAt = performance.now();
    this.response.write(text);
  }
}

function receiptOf({ id, status, errorType, error, receipt }: Execution): object {
  return { execution_id: id, status, error_type: errorType, error, receipt };
}

function open(response: Response): void {
  response.status(200);
  response.setHeader('content-type', 'text/event-stream; charset=utf-8');
  response.setHeader('cache-control', 'no-store');
  response.setHeader('x-accel-buffering', 'no');
  response.flushHeaders();
}
