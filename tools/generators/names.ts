import { OrchidError } from '@orchid/kernel';

/** One name in the spellings that code needs. */
export interface Names {
  /** `create-plan`: files. */
  readonly kebab: string;
  /** `CreatePlan`: classes. */
  readonly pascal: string;
  /** `createPlan`: values. */
  readonly camel: string;
  /** `create plan`: prose. */
  readonly words: string;
}

/** The command line cannot be followed (`bad_generation`). */
export class BadGeneration extends OrchidError {
  constructor(message: string) {
    super(message, { code: 'bad_generation', type: 'config' });
  }
}

/** Words that say nothing about what a thing is. */
const DRAWERS = new Set(['common', 'shared', 'utils', 'util', 'helpers', 'helper', 'manager', 'misc', 'impl']);

export function namesOf(given: string): Names {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(given))
    throw new BadGeneration(`${given} is no name: write it like create-plan.`);
  const words = given.split('-');
  const drawer = words.find((word) => DRAWERS.has(word));
  if (drawer !== undefined) throw new BadGeneration(`${drawer} says nothing: name the one thing that it is.`);
  const pascal = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('');
  return { kebab: given, pascal, camel: pascal.slice(0, 1).toLowerCase() + pascal.slice(1), words: words.join(' ') };
}
