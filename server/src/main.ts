import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { SettingsError } from './config/load-settings.ts';
import { readSettings, settingsOf } from './config/settings.ts';
import { about } from './observability/about.ts';
import { serve } from './serve.ts';
import { showSettings } from './config/show-settings.ts';

const usage = `semstreams [--config FILE]              run the server
semstreams config [--config FILE]       show the settings in force, and where each comes from
semstreams config --check FILE          say whether a settings file can be used
semstreams --version`;

const run = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      config: { type: 'string' },
      check: { type: 'string' },
      version: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const [command] = positionals;
  if (values.version) return console.log(about.version);
  if (values.help) return console.log(usage);
  if (command === 'config') {
    const loaded = readSettings(values.check ?? values.config);
    return console.log(values.check ? `"${values.check}" can be used` : showSettings(loaded));
  }
  if (command !== undefined) throw new SettingsError(`there is no command "${command}"\n${usage}`);
  await serve(settingsOf(readSettings(values.config).values));
};

run().catch((thrown: unknown) => {
  const isForeseen =
    thrown instanceof SettingsError || (thrown as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  console.error(isForeseen ? (thrown as Error).message : thrown);
  process.exit(isForeseen ? 2 : 1);
});
