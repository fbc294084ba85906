import type { Condition } from '@orchid/expression';
import type { CompiledPlan, CompiledStep, StatusRule } from '@orchid/plan';
import type { PreviewedCondition } from './preview.types';

type Watch = (condition: PreviewedCondition) => void;

/** The same plan, one item at a time, telling what each of its conditions came to. */
export function watchedPlan(plan: CompiledPlan, watch: Watch): CompiledPlan {
  return { ...plan, root: watchedStep(plan.root, watch) };
}

function watchedStep(step: CompiledStep, watch: Watch): CompiledStep {
  const watched = (name: string, condition: Condition | null) => watchedCondition(name, condition, watch);
  const rule = (name: string, { on, when }: StatusRule): StatusRule => ({ on, when: watched(name, when) });
  const { abort, ignore, accept, retry, fail } = step.rules;
  return {
    ...step,
    concurrency: 1,
    rules: {
      abort: rule('abort_when', abort),
      ignore: rule('ignore_when', ignore),
      accept: rule('accept_when', accept),
      retry: rule('retry_when', retry),
      fail: rule('fail_when', fail),
    },
    poll: step.poll === null ? null : { ...step.poll, until: watchedCondition('poll.until', step.poll.until, watch) },
    while: watched('while', step.while),
    breakWhen: watched('break_when', step.breakWhen),
    itemSteps: step.itemSteps.map((each) => watchedStep(each, watch)),
    plainSteps: step.plainSteps.map((each) => watchedStep(each, watch)),
  };
}

function watchedCondition<C extends Condition | null>(name: string, condition: C, watch: Watch): C {
  if (condition === null) return condition;
  return {
    ...condition,
    test: (scope: Parameters<Condition['test']>[0]) => {
      const result = condition.test(scope);
      watch({ name, expression: condition.source, result });
      return result;
    },
  };
}
