import { closeSync, openSync, readdirSync, readSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const turnBit = (path: string, part: number): void => {
  const file = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  const at = Math.floor(statSync(path).size * part);
  if (readSync(file, byte, 0, 1, at) === 1) writeSync(file, Buffer.of(byte[0]! ^ 0x15), 0, 1, at);
  closeSync(file);
};

const zero = (path: string, part: number): void => {
  const size = statSync(path).size;
  const file = openSync(path, 'r+');
  const at = Math.floor(size * part);
  const bytes = Math.floor((size - at) / 3);
  writeSync(file, Buffer.alloc(bytes), 0, bytes, at);
  closeSync(file);
};

/** What a bad disk or a bad hand does to one file of messages; `part` says where, from 0 to 1. */
const ofFile: Readonly<Record<string, (path: string, part: number) => void>> = {
  'a bit is turned': turnBit,
  'a third of the rest is zero': zero,
  'it is cut': (path, part) => truncateSync(path, Math.floor(statSync(path).size * part)),
  'it is empty': (path) => truncateSync(path, 0),
  'it is gone': (path) => rmSync(path),
};
const ofStream: Readonly<Record<string, (stream: string) => void>> = {
  'its messages are gone': (stream) => rmSync(join(stream, 'msgs'), { recursive: true, force: true }),
  'its description is gone': (stream) => rmSync(join(stream, 'meta.inf'), { force: true }),
  'its folder is gone': (stream) => rmSync(stream, { recursive: true, force: true }),
};

/**
 * Damages what nats-server has written of a stream, while it does not run; says what was done. `store` is the folder that
 * holds `jetstream`.
 */
export const damageStream = (options: {
  readonly store: string;
  readonly stream: string;
  readonly random: () => number;
}): string => {
  const { random } = options;
  const folder = join(options.store, 'jetstream/$G/streams', options.stream);
  const files = readdirSync(join(folder, 'msgs')).filter((name) => name.endsWith('.blk'));
  const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)]!;
  const name = pick([...Object.keys(ofFile), ...Object.keys(ofFile), ...Object.keys(ofStream)]);
  const part = random();
  if (name in ofStream || files.length === 0) ofStream[name]?.(folder);
  else ofFile[name]!(join(folder, 'msgs', pick(files)), part);
  return name;
};
