import { parseJson, stringifyJson, type JsonValue } from '@orchid/kernel';
import { Column } from 'typeorm';

/**
 * A column of PostgreSQL's type `json`, which keeps the order of keys and every digit of a number.
 * TypeORM is told `text`: its own JSON handling would lose integers beyond 2^53.
 */
export function JsonColumn(name: string): PropertyDecorator {
  return Column({
    type: 'text',
    name,
    nullable: true,
    transformer: { to: jsonText, from: (text: string | null) => (text === null ? null : parseJson(text)) },
  });
}

/** The text to store for a JSON value; null stands for SQL's NULL. */
export function jsonText(value: JsonValue | object | null | undefined): string | null {
  return value === null || value === undefined ? null : stringifyJson(value as JsonValue);
}
