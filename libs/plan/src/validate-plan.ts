import { isJsonObject, type Fault, type JsonObject, type JsonValue } from '@orchid/kernel';
import { compileDocument, type CompileSettings } from './compile/compile-document';
import type { CompiledPlan } from './compiled-plan';
import { resolveAliases, type Renamed } from './document/aliases';
import { canonicalDocument } from './document/canonical-document';
import { toPlainJson } from './document/plain-json';
import { checkSchema } from './document/schema-faults';
import { soundPart } from './document/sound-part';
import { Findings, type CanonicalExpression } from './findings';
import { DEFAULT_PLAN_CAPS, type PlanCaps } from './plan-caps';
import type { PlanDocument } from './plan-document';
import { PlanInvalid } from './plan.errors';

export interface ValidateOptions {
  /** The deployment's caps; those a cap is not given for are {@link DEFAULT_PLAN_CAPS}. */
  readonly caps?: Partial<PlanCaps>;
  /** Names of the fields of the integration's config, where they are known. */
  readonly configFields?: readonly string[];
}

export type PlanValidation =
  | {
      readonly ok: true;
      /** The document in canonical names and order: the form to store. */
      readonly document: PlanDocument;
      readonly plan: CompiledPlan;
      readonly warnings: readonly Fault[];
      readonly canonical: readonly CanonicalExpression[];
    }
  | { readonly ok: false; readonly faults: readonly Fault[]; readonly warnings: readonly Fault[] };

/** Checks a document of any origin and compiles it. Finds every fault, not only the first (up to 500). Never throws. */
export function validatePlan(document: unknown, options: ValidateOptions = {}): PlanValidation {
  const findings = new Findings();
  const plain = toPlainJson(document, findings);
  const unreadable = findings.faults.some(({ code }) => code === 'too_deep' || code === 'document_too_large');
  const renamed = unreadable ? null : resolveAliases(plain, findings);
  const plan = renamed === null ? null : check(renamed.document, findings, settingsOf(options));
  const warnings = asWritten(findings.warnings, renamed);
  if (plan === null || findings.faults.length > 0) {
    return { ok: false, faults: asWritten(findings.faults, renamed), warnings };
  }
  return { ok: true, document: plan.document, plan, warnings, canonical: findings.canonical };
}

/** Compiles a stored document, which was valid when it was saved. Throws {@link PlanInvalid} when it is not valid here. */
export function compilePlan(document: PlanDocument, caps?: Partial<PlanCaps>): CompiledPlan {
  const result = validatePlan(document, caps === undefined ? {} : { caps });
  if (!result.ok) throw new PlanInvalid(result.faults);
  return result.plan;
}

function check(document: JsonValue, findings: Findings, settings: CompileSettings): CompiledPlan | null {
  const broken = checkSchema(document, findings);
  if (!isJsonObject(document)) return null;
  const sound = soundPart(document, broken) as JsonObject;
  return compileDocument(canonicalDocument(sound), findings, settings);
}

function settingsOf({ caps, configFields }: ValidateOptions): CompileSettings {
  return {
    caps: { ...DEFAULT_PLAN_CAPS, ...caps },
    configFields: configFields === undefined ? null : new Set(configFields),
  };
}

function asWritten(found: readonly Fault[], renamed: Renamed | null): Fault[] {
  return found.map((fault) => ({ ...fault, path: renamed?.asWritten(fault.path) ?? fault.path }));
}
