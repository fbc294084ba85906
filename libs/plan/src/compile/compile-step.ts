import type { CompiledStep, StatusRule } from '../compiled-plan';
import { soundEntries } from '../document/sound-part';
import type { StepDocument } from '../plan-document';
import type { Compilation } from './compilation';
import { ExpressionReader } from './expression-reader';
import { compileFanOut } from './fan-out';
import { compileAuth } from './step-auth';
import { checkLoop, loops } from './step-loop';
import { checkNames, compileContextUpdates } from './step-names';
import { placeBelow, type EnclosingAuth, type StepPlace } from './step-place';
import { compileRequest, retriedStatuses } from './step-request';
import { checkUrlless } from './step-without-url';

/** Compiles a step and all below it. What is wrong goes to the findings; then the result is not to be used. */
export function compileStep(compilation: Compilation, place: StepPlace, step: StepDocument): CompiledStep {
  const reader = new ExpressionReader(compilation);
  const at = place.documentPath;
  const request = compileRequest(compilation, reader, place, step);
  const flow = compileFlow(compilation, reader, place, step);
  const rules = compileRules(reader, at, step);
  const poll = compilePoll(reader, at, step);
  const { perItem, ...fanOut } = compileFanOut(compilation, reader, place, step);
  if (request === null) checkUrlless(compilation.findings, place, step);
  checkLoop(compilation.findings, place, { request, ...flow });
  const auth = compileAuth(compilation, reader, place, step);
  const below = compileSubSteps(compilation, place, step, auth.below);
  return {
    id: place.id,
    path: place.path,
    documentPath: at,
    depth: place.depth,
    request,
    auth: auth.choice,
    readsAuth: reader.reads('auth'),
    rules,
    poll,
    ...flow,
    ...fanOut,
    itemSteps: below.filter(([index]) => perItem(index)).map(([, each]) => each),
    plainSteps: below.filter(([index]) => !perItem(index)).map(([, each]) => each),
    attach: step.attach ?? !(loops(flow) || typeof request?.rowsPerPage === 'number'),
    emit: step.emit_to_kafka ?? true,
  };
}

type Flow = Pick<CompiledStep, 'init' | 'while' | 'breakWhen' | 'nextUrl' | 'vars' | 'contextUpdates' | 'extract'>;

function compileFlow({ findings }: Compilation, reader: ExpressionReader, place: StepPlace, step: StepDocument): Flow {
  const at = place.documentPath;
  return {
    init: reader.named(`${at}.init`, step.init),
    while: reader.optionalCondition(`${at}.while`, step.while),
    breakWhen: reader.optionalCondition(`${at}.break_when`, step.break_when),
    nextUrl: reader.optionalExpression(`${at}.next_url`, step.next_url),
    vars: reader.named(`${at}.vars`, step.vars),
    contextUpdates: compileContextUpdates(findings, reader, place, step.context_updates),
    extract: reader.named(`${at}.extract`, step.extract),
  };
}

function compileRules(reader: ExpressionReader, at: string, step: StepDocument): CompiledStep['rules'] {
  const rule = (name: 'abort' | 'ignore' | 'accept' | 'fail'): StatusRule => ({
    on: new Set(step[`${name}_on`]),
    when: reader.optionalCondition(`${at}.${name}_when`, step[`${name}_when`]),
  });
  const retry = reader.optionalCondition(`${at}.retry_when`, step.retry_when);
  return {
    abort: rule('abort'),
    ignore: rule('ignore'),
    accept: rule('accept'),
    retry: { on: retriedStatuses(step.retry), when: retry },
    fail: rule('fail'),
  };
}

function compilePoll(reader: ExpressionReader, at: string, { poll }: StepDocument): CompiledStep['poll'] {
  if (poll === undefined) return null;
  return {
    until: reader.condition(`${at}.poll.until`, poll.until),
    everyMs: poll.every_ms,
    maxMs: Math.round(poll.max_seconds * 1_000),
  };
}

function compileSubSteps(
  compilation: Compilation,
  parent: StepPlace,
  step: StepDocument,
  auth: EnclosingAuth,
): [index: number, step: CompiledStep][] {
  const subSteps = soundEntries(step.sub_steps).map(([index, document]) => ({
    index,
    document,
    place: placeBelow(parent, index, document, auth),
  }));
  const [first] = subSteps;
  if (first !== undefined && first.place.depth > compilation.maxNestingDepth) {
    tooNested(compilation, first.place);
    return [];
  }
  const ids = new Set<string>();
  for (const { place } of subSteps) {
    if (ids.has(place.id)) duplicateId(compilation, place);
    ids.add(place.id);
  }
  return subSteps.map(({ index, document, place }) => {
    checkNames(compilation.findings, place, document, ids);
    return [index, compileStep(compilation, place, document)];
  });
}

function tooNested({ findings, maxNestingDepth }: Compilation, place: StepPlace): void {
  const message = `Sub-steps are nested ${place.depth} levels deep; ${maxNestingDepth} are allowed here.`;
  findings.fault(
    place.documentPath,
    'nesting_too_deep',
    message,
    'Nest less, or raise max_nesting_depth as far as the deployment allows.',
  );
}

function duplicateId({ findings }: Compilation, place: StepPlace): void {
  const message = `An earlier step beside this one is called ${place.id} too.`;
  findings.fault(
    `${place.documentPath}.id`,
    'duplicate_id',
    message,
    'Give each step among its siblings an id of its own.',
  );
}
