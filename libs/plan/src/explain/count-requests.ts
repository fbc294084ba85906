import type { CompiledStep } from '../compiled-plan';

interface Counting {
  readonly maxLoops: number;
  readonly withRetries: boolean;
}

/** The requests of one pass of a step with everything that runs on its response, as a formula over its numbers of items. */
export function countRequests(step: CompiledStep, counting: Counting): string {
  const own = step.request === null ? 0 : counting.withRetries ? 1 + step.request.retry.maxRetries : 1;
  const perItem = sum(step.itemSteps.map((each) => ofAllPasses(each, counting)));
  const terms = [
    String(own),
    ...step.plainSteps.map((each) => ofAllPasses(each, counting)),
    ...(step.itemSteps.length === 0 ? [] : [`items(${step.path}) × ${grouped(perItem)}`]),
  ];
  return sum(terms.filter((term) => term !== '0'));
}

function ofAllPasses(step: CompiledStep, counting: Counting): string {
  const onePass = countRequests(step, counting);
  const isLoop = step.while !== null || step.nextUrl !== null;
  return isLoop ? `${counting.maxLoops} × ${grouped(onePass)}` : onePass;
}

/** Numbers are added up, the rest is written out. */
function sum(terms: readonly string[]): string {
  const numbers = terms.filter((term) => /^\d+$/.test(term)).reduce((total, term) => total + Number(term), 0);
  const formulas = terms.filter((term) => !/^\d+$/.test(term));
  const all = numbers === 0 && formulas.length > 0 ? formulas : [String(numbers), ...formulas];
  return all.join(' + ');
}

function grouped(formula: string): string {
  return formula.includes(' + ') ? `(${formula})` : formula;
}
