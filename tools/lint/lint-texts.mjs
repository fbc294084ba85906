// Lints texts as if they were the named files, with the workspace's own configuration less its typed rules, which
// need files on disk. Reads `[{ filePath, text }]` from standard input, writes the messages of each as JSON.
import { ESLint } from 'eslint';
import { text as readText } from 'node:stream/consumers';
import tseslint from 'typescript-eslint';

const workspace = new URL('../..', import.meta.url).pathname;
const eslint = new ESLint({
  cwd: workspace,
  overrideConfig: [{ files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked }],
});

const given = JSON.parse(await readText(process.stdin));
const answers = [];
for (const { filePath, text } of given) {
  const [result] = await eslint.lintText(text, { filePath });
  answers.push((result?.messages ?? []).map(({ ruleId, message }) => ({ ruleId, message })));
}
process.stdout.write(JSON.stringify(answers));
