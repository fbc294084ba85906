import { formatSettings, readSettingsFile, settingsReference, showSettings } from '@orchid/config';
import { Command } from 'commander';
import { EXIT, type ExitCode } from './exit-code';
import { writeLine, type Terminal } from './terminal';

const EXAMPLES = `
Examples:
  orchid config
  CONFIG_FILE=production.yaml orchid config
  orchid config --reference > settings.md`;

/** `orchid config`. */
export function configCommand(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  return new Command('config')
    .description('print the effective settings and where each comes from, secrets masked')
    .option('--reference', 'print what every setting means instead, in Markdown')
    .addHelpText('after', EXAMPLES)
    .action(({ reference }: { reference?: boolean }) => {
      const text =
        reference === true
          ? settingsReference()
          : formatSettings(showSettings(terminal.env, { ...readSettingsFile(terminal.env), app: 'cli' }));
      writeLine(terminal.out, text.trimEnd());
      finish(EXIT.ok);
    });
}
