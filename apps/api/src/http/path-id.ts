import { isUuid } from '@orchid/kernel';
import { NotFound } from '@orchid/persistence';
import type { PipeTransform } from '@nestjs/common';

/** An id in a path. One that cannot be an id is not found, as one that nobody has. */
export function idOf(noun: string): PipeTransform<string, string> {
  return {
    transform: (text) => {
      if (isUuid(text)) return text.toLowerCase();
      throw new NotFound(noun, text.slice(0, 64));
    },
  };
}

const KEY = /^[a-z0-9][a-z0-9._-]{0,127}$/;

/** A plan's key in a path. */
export const planKey: PipeTransform<string, string> = {
  transform: (text) => {
    if (KEY.test(text)) return text;
    throw new NotFound('plan', text.slice(0, 64));
  },
};

/** A version's number in a path. */
export const versionNumber: PipeTransform<string, number> = {
  transform: (text) => {
    const version = /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
    if (version === null) throw new NotFound('plan_version', text.slice(0, 64));
    return version;
  },
};
