const BASE_TIME = Date.UTC(2024, 0, 1);
const MINUTE_MS = 60_000;
const CITIES = ['Oslo', 'Porto', 'Quito', 'Rabat', 'Seoul', 'Turin', 'Utrecht'] as const;

/** A contact's id by its number, from 1: `c-000001`. */
export function contactId(number: number): string {
  return `c-${digits(number)}`;
}

/** A user's id by its number, from 1: `u-000001`. */
export function userId(number: number): string {
  return `u-${digits(number)}`;
}

/** The number in an id; 0 when there is none. */
export function numberOf(id: string): number {
  return Number(/^(?:[a-z]-)?0*(\d+)$/.exec(id)?.[1] ?? 0);
}

export function contact(number: number): Record<string, unknown> {
  return {
    id: contactId(number),
    number,
    name: `Contact ${number}`,
    email: `contact-${number}@example.com`,
    city: CITIES[number % CITIES.length],
    active: number % 3 !== 0,
    updated_at: changedAt(number),
  };
}

export function contactDetails(number: number): Record<string, unknown> {
  return {
    id: contactId(number),
    number,
    address: { street: `${number} Main Street`, city: CITIES[number % CITIES.length], zip: digits(number) },
    score: number * 1.5,
    tags: [`group-${number % 5}`, `tier-${number % 2}`],
  };
}

export function user(number: number): Record<string, unknown> {
  return {
    id: userId(number),
    number,
    login: `user${number}`,
    email: `user-${number}@example.com`,
    updated_at: changedAt(number),
  };
}

export function userSettings(number: number): Record<string, unknown> {
  return {
    user_id: userId(number),
    number,
    theme: number % 2 === 0 ? 'dark' : 'light',
    language: number % 4 === 0 ? 'fr' : 'en',
    notifications: { email: number % 3 === 0, push: true },
  };
}

export function item(number: number): Record<string, unknown> {
  return { id: `i-${digits(number)}`, number, value: `Item ${number}` };
}

/** Numbers of the users changed after an instant: user n changed n minutes into 2024. */
export function firstChangedAfter(since: string): number {
  const time = Date.parse(since);
  return Number.isNaN(time) ? 1 : Math.max(1, Math.floor((time - BASE_TIME) / MINUTE_MS) + 1);
}

function changedAt(number: number): string {
  return new Date(BASE_TIME + number * MINUTE_MS).toISOString();
}

function digits(number: number): string {
  return String(number).padStart(6, '0');
}

/** JSON texts of numbered things, made once each: the stub must not be what a benchmark measures. */
export class TextCache {
  private readonly texts: string[] = [];

  constructor(private readonly make: (number: number) => Record<string, unknown>) {}

  one(number: number): string {
    return (this.texts[number] ??= JSON.stringify(this.make(number)));
  }

  /** A JSON array of `count` things from `first` on. */
  list(first: number, count: number): string {
    const parts: string[] = [];
    for (let number = first; number < first + count; number += 1) parts.push(this.one(number));
    return `[${parts.join(',')}]`;
  }
}
