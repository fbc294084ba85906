import { isJsonObject, type JsonObject, type JsonValue } from '@orchid/kernel';
import type { Findings } from '../findings';
import { below, isWithin } from '../json-path';

const PLAN_ALIASES = { wait: 'wait_seconds' } as const;
const STEP_ALIASES = { set_context: 'context_updates' } as const;

/** Documents with canonical field names, and how to speak of them to an author who wrote other ones. */
export interface Renamed {
  readonly document: JsonValue;
  /** The path as the author wrote it, for a path in canonical names. */
  readonly asWritten: (path: string) => string;
}

/** Replaces the accepted other names of fields by their canonical ones. Both names in one object are a fault. */
export function resolveAliases(document: JsonValue, findings: Findings): Renamed {
  const written = new Map<string, string>();
  const renaming = new Renaming(findings, written);
  return { document: renaming.plan(document), asWritten: (path) => rewrite(path, written) };
}

function rewrite(path: string, written: ReadonlyMap<string, string>): string {
  const entry = [...written].find(([canonical]) => isWithin(path, canonical));
  return entry === undefined ? path : `${entry[1]}${path.slice(entry[0].length)}`;
}

class Renaming {
  constructor(
    private readonly findings: Findings,
    private readonly written: Map<string, string>,
  ) {}

  plan(document: JsonValue): JsonValue {
    if (!isJsonObject(document)) return document;
    const renamed = this.rename(document, '$', PLAN_ALIASES);
    const { step } = renamed;
    return step === undefined ? renamed : { ...renamed, step: this.step(step, '$.step') };
  }

  private step(value: JsonValue, path: string): JsonValue {
    if (!isJsonObject(value)) return value;
    const step = this.rename(value, path, STEP_ALIASES);
    const subSteps = step.sub_steps;
    if (!Array.isArray(subSteps)) return step;
    return { ...step, sub_steps: subSteps.map((each, index) => this.step(each, `${path}.sub_steps[${index}]`)) };
  }

  private rename(object: JsonObject, path: string, aliases: Readonly<Record<string, string>>): JsonObject {
    const names = new Map(Object.entries(aliases).filter(([alias]) => Object.hasOwn(object, alias)));
    if (names.size === 0) return object;
    return Object.fromEntries(
      Object.entries(object).flatMap(([name, value]) => this.member(object, path, { name, value }, names)),
    );
  }

  private member(
    object: JsonObject,
    path: string,
    member: { name: string; value: JsonValue },
    names: ReadonlyMap<string, string>,
  ): [string, JsonValue][] {
    const canonical = names.get(member.name);
    if (canonical === undefined) return [[member.name, member.value]];
    if (Object.hasOwn(object, canonical)) {
      const message = `${member.name} is another name of ${canonical}; both are given.`;
      this.findings.fault(below(path, member.name), 'alias_conflict', message, `Remove ${member.name}.`);
      return [];
    }
    this.written.set(below(path, canonical), below(path, member.name));
    return [[canonical, member.value]];
  }
}
