import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { passphraseHeader, paths } from '@semstreams/contract';
import { readSettings } from '../config/read-settings.ts';
import { SettingsError } from '../config/settings-error.ts';
import type { SettingsValues } from '../config/settings.schema.ts';
import type { Command } from './command.ts';
import { accepted, ask, ownServer } from '../asking/own-server.ts';
import { shownKey } from '../asking/shown-key.ts';

/** A server with much to tell may take a while to begin, in milliseconds. */
const patienceMs = 60_000;
/** Named in the place of a file: standard output, or standard input. */
export const standardStream = '-';
const ownName = /^semstreams-\d{8}T\d{6}Z\.(tar|sealed)$/;

/** Writes a backup of the running server to a file or to standard output, and with `--keep` removes all but the newest ones beside it. */
export const backup: Command = {
  options: {
    config: { type: 'string' },
    output: { type: 'string', short: 'o' },
    'passphrase-file': { type: 'string' },
    'with-buffers': { type: 'boolean' },
    keep: { type: 'string' },
  },
  mostWords: 0,
  run: async ({ values, flags }) => {
    const settings = readSettings(values['config']).values;
    const keep = keptOf(values['keep']);
    const passphrase = await passphraseOf(values['passphrase-file']);
    const path = values['output'] ?? join(backupFolderOf(settings), nameFor(passphrase));
    const answer = await accepted(
      await ask(ownServer(settings), {
        path: `${paths.backup}?with_buffers=${flags.has('with-buffers')}`,
        headers: { ...shownKey(settings), ...passphraseHeaders(passphrase) },
        patienceMs,
      }),
    );
    if (path === standardStream) {
      await pipeline(answer, process.stdout);
      return 0;
    }
    await mkdir(dirname(resolve(path)), { recursive: true, mode: 0o700 });
    const part = `${path}.part`;
    try {
      await pipeline(answer, createWriteStream(part, { mode: 0o600 }));
      const file = await open(part);
      await file.sync().finally(async () => file.close());
      await rename(part, path);
    } finally {
      await rm(part, { force: true });
    }
    if (keep !== undefined) await removeOld(dirname(resolve(path)), keep);
    console.log(path);
    return 0;
  },
};

export const passphraseOf = async (file: string | undefined): Promise<string | undefined> => {
  if (file === undefined) return undefined;
  try {
    const passphrase = (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
    if (passphrase !== '') return passphrase;
  } catch (cause) {
    throw new SettingsError(`the passphrase file "${file}" cannot be read: ${(cause as Error).message}`, { cause });
  }
  throw new SettingsError(`the passphrase file "${file}" is empty`);
};

export const passphraseHeaders = (passphrase: string | undefined): Record<string, string> =>
  passphrase === undefined ? {} : { [passphraseHeader]: encodeURIComponent(passphrase) };

const backupFolderOf = ({ backup: { folder }, data_dir }: SettingsValues): string =>
  folder === '' ? join(data_dir, 'backups') : folder;

const nameFor = (passphrase: string | undefined): string =>
  `semstreams-${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}.${passphrase === undefined ? 'tar' : 'sealed'}`;

const keptOf = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const keep = Number(text);
  if (Number.isInteger(keep) && keep >= 1) return keep;
  throw new SettingsError(`"--keep ${text}" is no number of backups: write 1 or more`);
};

/** The names carry the time, so their order is that of making. Other files stay. */
const removeOld = async (folder: string, keep: number): Promise<void> => {
  const own = (await readdir(folder)).filter((name) => ownName.test(name)).sort();
  for (const name of own.slice(0, Math.max(0, own.length - keep))) await rm(join(folder, name));
};
