import { Command } from 'commander';
import { cliSettings } from './cli-settings';
import { EXIT, type ExitCode } from './exit-code';
import { writeLine, type Terminal } from './terminal';

const EXAMPLES = `
Settings: MIGRATION_DATABASE_URL, else DATABASE_URL - the role that owns the database, with CREATEROLE.
DB_APP_PASSWORD, where set, becomes the password of the role orchid_app that the processes log in as.

Example:
  DATABASE_URL=postgresql://owner:...@db/orchid DB_APP_PASSWORD=... orchid migrate`;

/** `orchid migrate`. */
export function migrateCommand(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  return new Command('migrate')
    .description("bring the database's roles and tables up to date")
    .addHelpText('after', EXAMPLES)
    .action(async () => {
      const { database } = cliSettings(terminal.env);
      // Loaded here only: it brings the whole database layer with it.
      const { migrate } = await import('@orchid/persistence');
      const { migrationUrl: ownerUrl, appPassword } = database;
      const { applied } = await migrate({ ownerUrl, ...(appPassword !== undefined && { appPassword }) });
      for (const name of applied) writeLine(terminal.err, `applied ${name}`);
      writeLine(terminal.err, applied.length === 0 ? 'the database is up to date' : 'the database is up to date now');
      finish(EXIT.ok);
    });
}
