import type { FunctionDoc } from '@orchid/expression';
import { stringifyJson } from '@orchid/kernel';

const INTRODUCTION = `# Functions

Every function an expression may call. Written from the functions' own definitions: \`UPDATE_DOCS=1 npx jest libs/engine/src/cookbook/functions-page\`. Each example runs as a test.

A null argument makes the result null, except for \`default\`, \`not_null\`, \`type\`, \`to_string\` and \`to_array\`. A \`?\` marks an argument that may be left out; \`&expression\` is an expression evaluated for each element. Times are ISO 8601 text in UTC.
`;

/** The page that lists the functions, as Markdown. */
export function functionsPage(docs: readonly FunctionDoc[]): string {
  const names = [...docs].sort((a, b) => (a.name < b.name ? -1 : 1));
  const index = names.map(({ name }) => `[${name}](#${name})`).join(' · ');
  return [INTRODUCTION, `${index}\n`, ...names.map(section)].join('\n');
}

function section({ name, signature, description, examples }: FunctionDoc): string {
  const lines = examples.map(([expression, result]) => `${expression}  =>  ${stringifyJson(result)}`);
  const block = lines.length === 0 ? '' : `\n\`\`\`jmespath\n${lines.join('\n')}\n\`\`\`\n`;
  return `## ${name}\n\n\`${signature}\`: ${description}\n${block}`;
}
