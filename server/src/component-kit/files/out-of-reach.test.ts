import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { limitTo } from '../../reach/reach.ts';
import { readTlsFiles } from '../network/tls-files.ts';
import { filePath } from '../fields/fields.ts';
import { resolveDataPath } from './data-files.ts';
import { openToAppend, openToRead } from './open-file.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'semstreams-reach-')));
const at = (...names: string[]): string => join(root, ...names);
const dataDir = at('data');

beforeAll(() => {
  for (const folder of ['data', 'data/access', 'maps', 'exchange', 'tls', 'foreign']) mkdirSync(at(folder));
  for (const file of ['data/a', 'data/access/users', 'maps/a', 'exchange/a', 'exchange/key', 'tls/a', 'foreign/a'])
    writeFileSync(at(file), 'text');
  symlinkSync(at('foreign/a'), at('exchange/link'));
  symlinkSync(at('foreign'), at('exchange/folder'));
  symlinkSync(at('data/access/users'), at('exchange/users'));
  symlinkSync(at('exchange/a'), at('exchange/inside'));
  symlinkSync(at('foreign/a'), at('data/link'));
  const [allowed, readable, tls] = [[at('exchange')], [at('maps')], [at('tls')]];
  limitTo({ network: ['*'], files: { dataDir, allowed, readable, tls, unreachable: [at('exchange/key')] } });
});
afterAll(() => {
  limitTo({ network: ['*'] });
  rmSync(root, { recursive: true });
});

const saysOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (thrown: unknown) => (thrown as Error).message,
  );
const opened = async (path: string, use: 'read' | 'write'): Promise<string> =>
  saysOf((use === 'read' ? openToRead(path) : openToAppend(path)).then(async ({ handle }) => handle.close()));

it.each([
  ['data/a', /^done$/, /^done$/],
  ['exchange/a', /^done$/, /^done$/],
  ['exchange/inside', /^done$/, /^done$/],
  ['maps/a', /^done$/, /lies in no folder that flows may write/],
  ['tls/a', /lies in no folder/, /lies in no folder/],
  ['foreign/a', /lies in no folder/, /lies in no folder/],
  ['exchange/link', /lies in no folder/, /lies in no folder/],
  ['exchange/folder/a', /lies in no folder/, /lies in no folder/],
  ['exchange/key', /belongs to the server itself/, /belongs to the server itself/],
  ['exchange/users', /belongs to the server itself/, /belongs to the server itself/],
])('%s is refused when it is named, and again by what was opened', async (name, reads, writes) => {
  expect(await saysOf(resolveDataPath(dataDir, at(name), 'read'))).toMatch(reads);
  expect(await saysOf(resolveDataPath(dataDir, at(name), 'write'))).toMatch(writes);
  expect(await opened(at(name), 'read')).toMatch(reads);
  expect(await opened(at(name), 'write')).toMatch(writes);
});

it('a link that came after the look leads nowhere', async () => {
  expect(await opened(at('data/link'), 'read')).toMatch(/lies in no folder that flows may read/);
});

it.each([
  ['tls/a', /holds nothing in PEM/],
  ['maps/a', /holds nothing in PEM/],
  ['foreign/a', /"ca_file": .* lies in no folder that flows may take certificates from: .*"files\.tls"/],
  ['exchange/link', /lies in no folder/],
  ['data/access/users', /belongs to the server itself/],
  ['tls/none', /cannot be read/],
])('certificates are taken from the same folders, and those for them: %s', (name, says) => {
  expect(() => readTlsFiles({ ca_file: at(name), cert_file: '', key_file: '' })).toThrow(says);
});

it('a certificate that is not whole is looked for below the data folder', () =>
  expect(() => readTlsFiles({ ca_file: 'a', cert_file: '', key_file: '' })).toThrow(/"a" of "ca_file" holds nothing/));

it('a config says so at once, by the words of the path', () => {
  const saysFor = (path: string) => filePath.safeParse(path).error?.issues[0]?.message;
  expect(saysFor('/etc/passwd')).toMatch(/lies in no folder that flows may use: .*"files\.readable"/);
  expect(saysFor(at('maps/../foreign/a'))).toMatch(/lies in no folder/);
  expect([at('maps/a'), at('tls/a'), 'a/b', ''].map(saysFor)).toEqual([undefined, undefined, undefined, undefined]);
});
