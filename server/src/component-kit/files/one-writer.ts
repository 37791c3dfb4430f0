import { createHash } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
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
/** So many write one file together at most. */
const mostTogether = 64;

/** Gives back what was claimed. */
type Free = () => Promise<void>;

/**
 * Claims a name for one writer, until the call that it resolves with. A socket in the abstract namespace of Linux holds it:
 * the system gives it to one process or thread at a time and frees it when that ends, however it ends. Rejects with a
 * FatalFault that names who has it.
 */
export const claim = async (name: string, writer: Writer, path: string): Promise<Free> => {
  const free = await hold(name, writer);
  if (free === undefined) {
    const other = await writerOf(name);
    if (!other) throw new FatalFault(`"${path}" is written by ${silent(await processAt(addressOf(name)))}`);
    throw writtenAlready(path, other);
  }
  const other = await writerTogether(name);
  if (other === undefined) return free;
  await free();
  throw writtenAlready(path, other);
};

/**
 * Claims a name for one of several writers that see to each other by themselves, as those of a database do. Rejects with a FatalFault
 * where one has it for itself alone, or too many have it.
 */
export const claimTogether = async (name: string, writer: Writer, path: string): Promise<Free> => {
  for (const place of placesTogether(name)) {
    const free = await hold(place, writer);
    if (free === undefined) continue;
    const alone = await writerOf(name);
    if (alone === undefined) return free;
    await free();
    throw writtenAlready(path, alone);
  }
  throw new FatalFault(`"${path}" is written by ${mostTogether} components already: let some write another file`);
};

/** Undefined where another one holds it. */
const hold = async (name: string, writer: Writer): Promise<Free | undefined> => {
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
  return isMine ? async () => new Promise<void>((resolve) => server.close(() => resolve())) : undefined;
};

const writtenAlready = (path: string, { flow, component }: Writer): FatalFault =>
  new FatalFault(
    `"${path}" is written by "${component}" of the flow "${flow}" already: a file has one writer, so choose another name`,
  );

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

const placesTogether = (name: string): string[] =>
  Array.from({ length: mostTogether }, (_, at) => `${name} together ${at}`);

/** Asked are those alone that the system knows of (proc(5): `net/unix`). */
const writerTogether = async (name: string): Promise<Writer | undefined> => {
  if (process.platform !== 'linux') return undefined;
  const sockets = await readFile('/proc/net/unix', 'utf8').catch(() => undefined);
  const places = placesTogether(name).filter((place) => sockets?.includes(addressOf(place).slice(1)) ?? true);
  return (await Promise.all(places.map(writerOf))).find((writer) => writer !== undefined);
};

/** Who writes the file of a path, under whatever name. */
export const writerOfPath = async (path: string): Promise<Writer | undefined> => {
  const names = await Promise.all(
    [nameOfPath(path), stat(path).then(nameOfFile)].map(async (name) => name.catch(() => undefined)),
  );
  for (const name of names) {
    const writer = name === undefined ? undefined : ((await writerOf(name)) ?? (await writerTogether(name)));
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
