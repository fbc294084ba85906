import { distance } from 'fastest-levenshtein';

const LONGEST_COMPARED = 64;

/** The name that was probably meant, or null when none is near. */
export function nearestName(name: string, known: readonly string[]): string | null {
  if (name.length > LONGEST_COMPARED) return null;
  const plain = simplified(name);
  let best: { name: string; cost: number } | null = null;
  for (const candidate of known) {
    const cost = distance(plain, simplified(candidate));
    if (best === null || cost < best.cost) best = { name: candidate, cost };
  }
  return best !== null && best.cost <= Math.max(2, Math.floor(name.length / 3)) ? best.name : null;
}

// `subSteps` and `sub-steps` mean `sub_steps`, however many letters differ.
function simplified(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, '');
}

/** What to tell an author who named a field of the config that does not exist. */
export function knownFields(name: string, known: ReadonlySet<string>): string {
  const nearest = nearestName(name, [...known]);
  if (nearest !== null) return `Did you mean "${nearest}"?`;
  return known.size === 0
    ? 'The config has no fields.'
    : `Fields of the config: ${[...known].slice(0, 30).join(', ')}.`;
}
