import { ExpressionError, type Condition } from '@orchid/expression';

export interface ConditionWarning {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** Functions whose result can be true or false. */
const MAY_BE_BOOLEAN = new Set([
  ...['contains', 'starts_with', 'ends_with', 'regex_match'],
  ...['default', 'get', 'not_null', 'parse_json', 'max_by', 'min_by'],
]);
const CALL = /^([a-z_0-9]+)\(/;
const NULL_ON_A_SIDE = /== `null`|`null` ==/;
/** Conditions that let things go on when they hold. */
const CARRIES_ON = /\.(while|accept_when|until)$/;

/** What is legal in a condition and probably not meant. */
export function conditionWarnings(path: string, condition: Condition): ConditionWarning[] {
  const warnings: ConditionWarning[] = [];
  if (isNeverBoolean(condition)) {
    const message = 'This is never true or false, so the step fails when it is asked.';
    warnings.push({
      code: 'never_boolean',
      message,
      hint: 'Compare it with something, such as `... != null` or `... > 0`.',
    });
  }
  if (CARRIES_ON.test(path) && NULL_ON_A_SIDE.test(condition.canonical)) {
    const message = '`== null` also holds when the field, or the whole body, is missing.';
    const hint = 'Ask for what is there instead, such as `... != null` or `response.body.done == false`.';
    warnings.push({ code: 'null_is_missing', message, hint });
  }
  return warnings;
}

function isNeverBoolean(condition: Condition): boolean {
  const { canonical } = condition;
  const [, name] = CALL.exec(canonical) ?? [];
  if (name !== undefined && isOneCall(canonical)) return !MAY_BE_BOOLEAN.has(name);
  try {
    condition.test({});
    return false;
  } catch (error) {
    return error instanceof ExpressionError && error.code === 'condition_not_boolean';
  }
}

/** Whether the parenthesis that the call opens is closed by the last character. Quoted ones only make the answer "no". */
function isOneCall(canonical: string): boolean {
  let depth = 0;
  for (let index = canonical.indexOf('('); index < canonical.length; index += 1) {
    if (canonical[index] === '(') depth += 1;
    if (canonical[index] === ')') depth -= 1;
    if (depth === 0) return index === canonical.length - 1;
  }
  return false;
}
