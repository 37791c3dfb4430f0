import { z } from 'zod';
import { settingEntries } from './settings.schema.ts';

/** The reference page of all settings, in Markdown. */
export const configurationReference = (): string => {
  const rows = settingEntries().map(({ path, variable, schema, description }) => {
    const { default: value } = z.toJSONSchema(schema, { io: 'input' }) as { default?: unknown };
    const shown = value === undefined || value === '' ? '' : `\`${JSON.stringify(value)}\``;
    return `| \`${path.join('.')}\` | \`${variable}\` | ${shown} | ${description} |`;
  });
  return `# Settings

Generated from \`server/src/config/settings.schema.ts\`. Do not edit.

A setting comes from its environment variable, else from the settings file, else from its default. The file is named by
\`--config\` or \`SEMSTREAMS_CONFIG\`, and is \`/etc/semstreams/config.json\` where neither says otherwise and that exists.
Every variable may end in \`_FILE\`: then it names a file that holds the value, for secrets. A wrong or unknown setting
stops the start with one line that names it. \`node server/dist/main.js config\` shows what is in force.

| Setting | Variable | Default | |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
};
