import { createHash } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { FatalFault } from '../../engine/fault.ts';
import { processAt } from './process-at.ts';

/** Who writes a file. */
export interface Writer {
  readonly flow: string;
  readonly component: string;
}

/** How long a writer may take to say who it is, in milliseconds. */
const answerMs = 1000;

/**
 * Claims a name for one writer, until the call that it resolves with. A socket in the abstract namespace of Linux holds it:
 * the system gives it to one process or thread at a time and frees it when that ends, however it ends. Rejects with a
 * FatalFault that names who has it.
 */
export const claim = async (name: string, writer: Writer, path: string): Promise<() => Promise<void>> => {
  if (process.platform !== 'linux') return async () => undefined;
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(JSON.stringify(writer));
  });
  const isMine = await new Promise<boolean>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    );
    server.listen(addressOf(name), () => resolve(true));
  });
  if (isMine) return async () => new Promise<void>((resolve) => server.close(() => resolve()));
  const other = await writerOf(name);
  if (!other) throw new FatalFault(`"${path}" is written by ${silent(await processAt(addressOf(name)))}`);
  const who = `by "${other.component}" of the flow "${other.flow}"`;
  throw new FatalFault(`"${path}" is written ${who} already: a file has one writer, so choose another name`);
};

const silent = (process: number | undefined): string =>
  process === undefined
    ? 'a process that does not answer: end it if it is frozen, or choose another name'
    : `the process ${process}, which does not answer: let it go on ("kill -CONT ${process}") or end it ("kill -KILL ${process}"), or choose another name`;

/** Who has claimed a name; undefined where nobody has, or it does not answer. */
export const writerOf = async (name: string): Promise<Writer | undefined> => {
  if (process.platform !== 'linux') return undefined;
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(addressOf(name));
    socket.setTimeout(answerMs, () => socket.destroy());
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(writerIn(text)));
  });
};

/** Who writes the file of a path, under whatever name. */
export const writerOfPath = async (path: string): Promise<Writer | undefined> => {
  const names = await Promise.all(
    [nameOfPath(path), stat(path).then(nameOfFile)].map(async (name) => name.catch(() => undefined)),
  );
  for (const name of names) {
    const writer = name === undefined ? undefined : await writerOf(name);
    if (writer) return writer;
  }
  return undefined;
};

/** The names under which a file is claimed: by its path, whatever links lead there, and by what it is. */
export const nameOfPath = async (path: string): Promise<string> => {
  const real = await realpath(path).catch(async () => join(await realpath(dirname(path)), basename(path)));
  return `path ${real}`;
};
export const nameOfFile = ({ dev, ino }: { readonly dev: number; readonly ino: number }): string =>
  `file ${dev}:${ino}`;

const addressOf = (name: string): string =>
  `\0semstreams/writer/${createHash('sha256').update(name).digest('base64url')}`;

const writerIn = (text: string): Writer | undefined => {
  try {
    return JSON.parse(text) as Writer;
  } catch {
    return undefined;
  }
};
