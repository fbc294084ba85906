const FENCE = /^```json(?: +([^\n]*?))? *\n([\s\S]*?)^```/gm;

/** The texts of a page's JSON blocks whose opening line says `label` (`plan=readme`) after the language. */
export function snippets(page: string, label: string): string[] {
  return [...page.matchAll(FENCE)].filter(([, info = '']) => info === label).map(([, , text = '']) => text);
}
