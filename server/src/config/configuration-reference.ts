import { z } from 'zod';
import { settingEntries } from './settings.schema.ts';

/** The reference page of all settings, in Markdown. */
export const configurationReference = (): string => {
  const rows = settingEntries().map(({ path, variable, schema, description, isReloaded }) => {
    const { default: value } = z.toJSONSchema(schema, { io: 'input' }) as { default?: unknown };
    const shown = value === undefined || value === '' ? '' : `\`${JSON.stringify(value)}\``;
    return `| \`${path.join('.')}\` | \`${variable}\` | ${shown} | ${isReloaded ? 'at once' : 'restart'} | ${description} |`;
  });
  return `# Settings

Generated from \`server/src/config/settings.schema.ts\`. Do not edit.

A setting comes from its environment variable, else, for secrets, from the file of its name in \`secrets_dir\` (such as
\`nats_password\`), else from the settings file, else from its default. A variable that is empty counts as not set. The
settings file is named by \`--config\` or \`SEMSTREAMS_CONFIG\`, and is \`/etc/semstreams/config.json\` where neither says
otherwise and that exists. Every variable may end in \`_FILE\`: then it names a file that holds the value. A wrong or unknown
setting stops the start with one line that names it. \`semstreams config\` shows what is in force and where it came from.

A change of the settings file, of a secret's file or of a certificate is noticed within seconds, or at once by SIGHUP.
Those marked \`at once\` are taken while the server runs, the others wait for a restart and the log says so.

| Setting | Variable | Default | A change is taken | |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
};
