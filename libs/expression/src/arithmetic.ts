import type { JsonValue } from '@orchid/kernel';
import { ExpressionError } from './expression.errors';
import type { ArithmeticName } from './node';
import { tooCostly } from './run';
import { isNumeric, type Numeric, typeOf } from './values';

const LARGEST = 10n ** 1000n;
const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** Computes with two numbers. Integers stay exact beyond 2^53; null in, null out. */
export function arithmetic(name: ArithmeticName, left: JsonValue, right: JsonValue): JsonValue {
  if (left === null || right === null) return null;
  if (!isNumeric(left)) throw notANumber(left);
  if (!isNumeric(right)) throw notANumber(right);
  return calculate(name, left, right);
}

/** The exact result of one operation on two numbers. */
export function calculate(name: ArithmeticName, left: Numeric, right: Numeric): Numeric {
  if (isDivision(name) && Number(right) === 0) throw new ExpressionError('expression_error', 'division by zero');
  if (typeof left === 'number' && typeof right === 'number') {
    const result = onDoubles(name, left, right);
    const exact = !Number.isInteger(result) || Number.isSafeInteger(result);
    if (exact || !Number.isSafeInteger(left) || !Number.isSafeInteger(right)) return finite(result);
  }
  const [a, b] = [toBigInt(left), toBigInt(right)];
  if (a === null || b === null) return finite(onDoubles(name, Number(left), Number(right)));
  if (name === 'Divide' && a % b !== 0n) return finite(Number(left) / Number(right));
  return narrow(onIntegers(name, a, b));
}

/** The negative of a number; null stays null. */
export function negate(value: JsonValue): JsonValue {
  return value === null ? null : arithmetic('Minus', 0, value);
}

/** A number as it is; null stays null. */
export function plus(value: JsonValue): JsonValue {
  if (value === null || isNumeric(value)) return value;
  throw notANumber(value);
}

/** A bigint as a number where that holds it exactly. */
export function narrow(value: bigint): Numeric {
  if (value > LARGEST || value < -LARGEST) throw tooCostly('a number of more than 1,000 digits');
  return value <= MAX_SAFE && value >= -MAX_SAFE ? Number(value) : value;
}

function isDivision(name: ArithmeticName): boolean {
  return name === 'Divide' || name === 'Div' || name === 'Modulo';
}

function toBigInt(value: Numeric): bigint | null {
  if (typeof value === 'bigint') return value;
  return Number.isSafeInteger(value) ? BigInt(value) : null;
}

function onDoubles(name: ArithmeticName, left: number, right: number): number {
  switch (name) {
    case 'Plus':
      return left + right;
    case 'Minus':
      return left - right;
    case 'Multiply':
      return left * right;
    case 'Divide':
      return left / right;
    case 'Modulo':
      return left % right;
    case 'Div':
      return Math.floor(left / right);
  }
}

function onIntegers(name: ArithmeticName, left: bigint, right: bigint): bigint {
  switch (name) {
    case 'Plus':
      return left + right;
    case 'Minus':
      return left - right;
    case 'Multiply':
      return left * right;
    case 'Divide':
      return left / right;
    case 'Modulo':
      return left % right;
    case 'Div': {
      const quotient = left / right;
      return left % right !== 0n && left < 0n !== right < 0n ? quotient - 1n : quotient;
    }
  }
}

function finite(value: number): number {
  if (Number.isFinite(value)) return value === 0 ? 0 : value;
  throw new ExpressionError('expression_error', 'number out of range');
}

function notANumber(value: JsonValue): ExpressionError {
  const type = typeOf(value);
  return new ExpressionError('expression_error', `cannot calculate with ${type === 'string' ? 'text' : type}`, {
    hint: 'to_number() turns text into a number',
  });
}
