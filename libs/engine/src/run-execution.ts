import type { EnginePorts } from './engine-ports';
import { Execution } from './execution';
import type { ExecutionInput } from './execution-input';
import type { ExecutionOutcome } from './execution-outcome';
import type { Frame } from './frame';
import { runStep } from './run-step';
import type { StepOutcome } from './step-outcome';

/**
 * Runs a plan for one config, from its checkpoint if there is one, until it ends or has to be set aside. Everything published
 * is acknowledged before this resolves. Throws only when something of Orchid's own fails (broker, limiter, checkpoint store):
 * the execution then goes on from its last checkpoint.
 */
export async function runExecution(input: ExecutionInput, ports: EnginePorts): Promise<ExecutionOutcome> {
  const run = new Execution(input, ports);
  const outcome = await runStep(run, {
    step: input.plan.root,
    frame: rootFrame(run),
    resumed: run.resumed,
    wantsBodies: false,
  });
  await run.acks.settled();
  return ended(run, outcome);
}

function rootFrame(run: Execution): Frame {
  return {
    parent: null,
    item: undefined,
    itemIndex: null,
    loopCount: 1,
    trail: [],
    vars: {},
    flow: null,
    origin: null,
    sink: { add: (record) => run.acks.publish([record]) },
    insideItem: false,
    keep: (state) => run.keep(state),
  };
}

function ended(run: Execution, outcome: StepOutcome): ExecutionOutcome {
  switch (outcome.kind) {
    case 'completed':
      return completed(run);
    case 'failed':
      return { kind: 'failed', receipt: run.receipt.receipt(false), error: outcome.error };
    case 'aborted':
      return { kind: 'aborted', receipt: run.receipt.receipt(false), error: outcome.error };
    case 'cancelled':
      return { kind: 'cancelled', receipt: run.receipt.receipt(false) };
    case 'parked':
      return {
        kind: 'parked',
        receipt: run.receipt.receipt(false),
        until: outcome.until,
        limit: outcome.limit,
        state: run.position(outcome.state),
      };
    case 'lost':
      return { kind: 'lost' };
  }
}

function completed(run: Execution): ExecutionOutcome {
  if (run.partial !== null) return { kind: 'failed', receipt: run.receipt.receipt(false), error: run.partial };
  return { kind: 'success', receipt: run.receipt.receipt(true), contextUpdates: run.context.updates() };
}
