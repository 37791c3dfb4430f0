import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { paths, Restored, RestorePreview } from '@semstreams/contract';
import { readSettings } from '../config/read-settings.ts';
import { SettingsError } from '../config/settings-error.ts';
import { passphraseHeaders, passphraseOf, standardStream } from './backup.ts';
import type { Command } from './command.ts';
import { accepted, ask, ownServer } from '../asking/own-server.ts';
import { shownKey } from '../asking/shown-key.ts';

/** Flows may have to drain before buffers can be replaced, in milliseconds. */
const patienceMs = 300_000;

/** Restores a backup into the running server, or with `--preview` says what that would change. */
export const restore: Command = {
  options: {
    config: { type: 'string' },
    'passphrase-file': { type: 'string' },
    preview: { type: 'boolean' },
  },
  mostWords: 1,
  run: async ({ values, flags, positionals: [file] }) => {
    if (file === undefined) throw new SettingsError('name the backup: semstreams restore FILE');
    const body = await opened(file);
    const settings = readSettings(values['config']).values;
    const isPreview = flags.has('preview');
    const answer = await ask(ownServer(settings), {
      method: 'POST',
      path: `${paths.restoreBackup}?preview=${isPreview}`,
      headers: {
        ...shownKey(settings),
        'content-type': 'application/x-tar',
        ...passphraseHeaders(await passphraseOf(values['passphrase-file'])),
      },
      body,
      patienceMs,
    });
    const outcome = (isPreview ? RestorePreview : Restored).parse(await json(await accepted(answer)));
    console.log(textOf(outcome, isPreview));
    if ('undo_with' in outcome) console.log(`to take it back: semstreams restore, with "${String(outcome.undo_with)}"`);
    return 0;
  },
};

const opened = async (file: string): Promise<Readable> => {
  if (file === standardStream) return process.stdin;
  await access(file).catch((cause: unknown) => {
    throw new SettingsError(`the backup "${file}" cannot be read: there is no such file, or no right to it`, { cause });
  });
  return createReadStream(file);
};

const textOf = ({ made_at, made_by, instance, buckets, buffers }: RestorePreview, isPreview: boolean): string => {
  const verb = isPreview ? 'would be' : 'were';
  const lines = buckets.map(
    ({ bucket, added, changed, removed, unchanged }) =>
      `${bucket}: ${added.length} ${verb} added, ${changed.length} changed, ${removed.length} removed, ${unchanged} stay${isPreview ? '' : 'ed'} as they are`,
  );
  const streams = buffers.map(({ stream, messages }) => `${stream}: ${verb} replaced, ${messages} messages`);
  return [`backup of "${instance}" at ${made_at} by SemStreams ${made_by}`, ...lines, ...streams].join('\n');
};
