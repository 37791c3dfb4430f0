import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { accepted, ask, ownServer } from '../asking/own-server.ts';
import { shownKey } from '../asking/shown-key.ts';
import { readSettings } from '../config/read-settings.ts';
import { SettingsError } from '../config/settings-error.ts';
import type { Given } from './command.ts';

/** Options of every command that asks a server about flows. */
export const askingOptions = {
  config: { type: 'string' },
  server: { type: 'string' },
  output: { type: 'string', short: 'o' },
} as const;

/** A deploy may wait for a minute, and so must whoever asked for it; in milliseconds. */
const patienceMs = 120_000;

/** The server that is meant: by `--server`, else the one of the settings on this machine. */
export const serverOf = ({ values }: Given): URL => {
  const url = values['server'];
  if (url === undefined) return ownServer(readSettings(values['config']).values);
  if (URL.canParse(url) && /^https?:/.test(url)) return new URL(url);
  throw new SettingsError(`"--server ${url}" is no address: write one such as http://localhost:8080`);
};

/** Another server than the one of this machine is shown what was given for it alone. */
const keyFor = ({ values }: Given): Readonly<Record<string, string>> =>
  shownKey(values['server'] === undefined ? readSettings(values['config']).values : undefined);

export interface Question {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks, and resolves with the answer as it comes in. Rejects with an AskingFailed where it says no. */
export const asked = async (given: Given, { method = 'GET', path, body, headers = {} }: Question) =>
  accepted(
    await ask(serverOf(given), {
      method,
      path,
      headers: { ...keyFor(given), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      body: body === undefined ? undefined : Readable.from([JSON.stringify(body)]),
      patienceMs,
    }),
  );

/** The answer's JSON; undefined where it has no body. */
export const answered = async (given: Given, question: Question): Promise<unknown> => {
  const answer = await asked(given, question);
  return answer.statusCode === 204 ? undefined : json(answer);
};

/** Shows rows as a table for people, or with `--output json` the answer for programs. */
export const show = (given: Given, answer: unknown, rows: () => readonly (readonly unknown[])[]): void => {
  const output = given.values['output'] ?? 'table';
  if (output === 'json') console.log(JSON.stringify(answer, null, 2));
  else if (output === 'table') console.log(tableOf(rows()));
  else throw new SettingsError(`"--output ${output}" is not understood: write json or table`);
};

const tableOf = (rows: readonly (readonly unknown[])[]): string => {
  const texts = rows.map((row) => row.map((cell) => String(cell ?? '')));
  const widths = (texts[0] ?? []).map((_, column) => Math.max(...texts.map((row) => row[column]?.length ?? 0)));
  return texts
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};
