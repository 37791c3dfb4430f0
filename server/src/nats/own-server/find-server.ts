import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const oldest = [2, 10] as const;

/** No usable nats-server; the message says what to do. */
export class NoNatsServer extends Error {
  override readonly name = 'NoNatsServer';
}

/** Path of a nats-server of at least 2.10: the given one, else one on PATH, else the one in `.tools` of this project. */
export const findNatsServer = async (given: string): Promise<string> => {
  const candidates = given === '' ? [...onPath(), ...inTools(import.meta.dirname)] : [given];
  const tooOld: string[] = [];
  for (const path of candidates.filter((candidate) => existsSync(candidate))) {
    const version = await versionOf(path);
    if (version && isEnough(version)) return path;
    tooOld.push(`"${path}" is ${version?.join('.') ?? 'unusable'}`);
  }
  const found = tooOld.length > 0 ? ` (${tooOld.join(', ')})` : '';
  throw new NoNatsServer(
    `a nats-server ${oldest.join('.')} or newer is needed${found}: name a running one in "nats.url" (SEMSTREAMS_NATS_URL), name a program in "nats.server_path", or run "npm start" once`,
  );
};

const onPath = (): string[] =>
  (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'nats-server'));

const inTools = (folder: string): string[] => {
  const parent = dirname(folder);
  return [join(folder, '.tools', 'nats-server'), ...(parent === folder ? [] : inTools(parent))];
};

const versionOf = async (path: string): Promise<[number, number] | undefined> => {
  try {
    const { stdout } = await promisify(execFile)(path, ['--version'], { timeout: 5000 });
    const [, major, minor] = /v(\d+)\.(\d+)/.exec(stdout) ?? [];
    return major && minor ? [Number(major), Number(minor)] : undefined;
  } catch {
    return undefined;
  }
};

const isEnough = ([major, minor]: readonly [number, number]): boolean =>
  major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
