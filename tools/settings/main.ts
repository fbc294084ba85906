import { formatSettings, readSettingsFile, settingsReference, showSettings } from '@orchid/config';

/** `npm run -s config`: the effective settings, secrets masked. `-- --reference`: all settings in Markdown. */
function main(): void {
  const wantsReference = process.argv.includes('--reference');
  const text = wantsReference
    ? settingsReference()
    : formatSettings(showSettings(process.env, readSettingsFile(process.env)));
  process.stdout.write(`${text.trimEnd()}\n`);
}

main();
