import { distance } from 'fastest-levenshtein';
import { parseDocument } from 'yaml';
import type { SettingProblem } from './settings.errors';

/** The YAML file as setting names and texts. */
export interface YamlLayer {
  readonly values: ReadonlyMap<string, string>;
  readonly problems: readonly SettingProblem[];
}

type Scalar = string | number | boolean;

/**
 * Reads the YAML file. A key is a setting's name in lower case, whole (`kafka_brokers: ...`) or divided at its
 * underscores (`kafka: { brokers: ... }`); lists may be written as lists. A key that is no setting is a problem.
 */
export function readYamlLayer(yamlText: string, names: readonly string[], source: string): YamlLayer {
  const document = parseDocument(yamlText);
  const [broken] = document.errors;
  if (broken !== undefined)
    return { values: new Map(), problems: [{ name: source, problem: `is no YAML: ${firstLine(broken.message)}` }] };
  const content: unknown = document.toJS();
  const values = new Map<string, string>();
  const problems: SettingProblem[] = [];
  if (content === null || content === undefined) return { values, problems };
  if (!isMapping(content)) return { values, problems: [{ name: source, problem: 'is no mapping of settings' }] };

  const visit = (value: unknown, path: readonly string[]) => {
    const name = path.join('_').toUpperCase();
    if (isMapping(value)) {
      for (const [key, inner] of Object.entries(value)) visit(inner, [...path, key]);
    } else if (!names.includes(name)) {
      problems.push({
        name: path.join('.'),
        source,
        problem: `is not a setting; did you mean ${nearestName(name, names).toLowerCase()}?`,
      });
    } else {
      const text = textOf(value);
      if (text === undefined)
        problems.push({
          name: path.join('.'),
          source,
          problem: 'holds something other than text, numbers or a list of them',
        });
      else if (text !== '') values.set(name, text);
    }
  };
  visit(content, []);
  return { values, problems };
}

export function nearestName(name: string, names: readonly string[]): string {
  return names.reduce((best, each) => (distance(name, each) < distance(name, best) ? each : best));
}

function textOf(value: unknown): string | undefined {
  if (value === null) return '';
  if (isScalar(value)) return String(value);
  return Array.isArray(value) && value.every(isScalar) ? value.join(',') : undefined;
}

function isScalar(value: unknown): value is Scalar {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function firstLine(message: string): string {
  return message.split('\n')[0] ?? message;
}
