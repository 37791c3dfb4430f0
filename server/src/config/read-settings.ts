import { existsSync } from 'node:fs';
import { type LoadedSettings, loadSettings, type ReadFile } from './load-settings.ts';
import { readingSoon } from './read-soon.ts';
import { SettingsError } from './settings-error.ts';

const usualFile = '/etc/semstreams/config.json';

/** Settings of this process: from `--config`, else `SEMSTREAMS_CONFIG`, else the usual file where it exists. */
export const readSettings = (fileOption: string | undefined): LoadedSettings => {
  const path = fileOption ?? (process.env['SEMSTREAMS_CONFIG'] || (existsSync(usualFile) ? usualFile : undefined));
  const read = readingSoon();
  return loadSettings(process.env, path === undefined ? undefined : { path, text: textOf(path, read) }, read);
};

const textOf = (path: string, read: ReadFile): string => {
  try {
    return read(path);
  } catch (cause) {
    const { code } = cause as { code?: string };
    const why = reasons[code ?? ''] ?? (cause as Error).message;
    throw new SettingsError(`the settings file "${path}" cannot be read: ${why}`, { cause });
  }
};

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
  EISDIR: 'it is a folder; Docker makes one where the file to mount is missing',
};
