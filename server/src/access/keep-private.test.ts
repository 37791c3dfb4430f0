import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keepPrivate } from './keep-private.ts';
import { writePrivate } from './kept-file.ts';
import { makeLocalKey } from './local-key.ts';

let dataDir: string;
const path = (name: string): string => join(dataDir, 'access', name);
const modeOf = (name: string): number => statSync(path(name)).mode & 0o777;
beforeEach(() => (dataDir = mkdtempSync(join(tmpdir(), 'semstreams-private-'))));
afterEach(() => rmSync(dataDir, { recursive: true }));

it('takes the rights of others off folder and files, and names what had them', () => {
  writePrivate(path('users.json'), '{}');
  writePrivate(path('sessions.json'), '{}');
  chmodSync(path('.'), 0o755);
  chmodSync(path('users.json'), 0o644);
  expect(keepPrivate(dataDir)).toEqual(['.', 'users.json']);
  expect([modeOf('.'), modeOf('users.json'), modeOf('sessions.json')]).toEqual([0o700, 0o600, 0o600]);
  expect(keepPrivate(dataDir)).toEqual([]);
});

it('finds nothing where there is nothing, and leaves what a link leads to alone', () => {
  expect(keepPrivate(dataDir)).toEqual([]);
  const outside = join(dataDir, 'outside');
  writeFileSync(outside, 'of somebody else', { mode: 0o644 });
  mkdirSync(path('.'), { mode: 0o700 });
  symlinkSync(outside, path('linked'));
  expect(keepPrivate(dataDir)).toEqual([]);
  expect(statSync(outside).mode & 0o777).toBe(0o644);
});

it('a key is not written through a link that waits in the place of its new file', () => {
  const outside = join(dataDir, 'outside');
  writeFileSync(outside, 'of somebody else');
  mkdirSync(path('.'), { mode: 0o700 });
  symlinkSync(outside, path('local-key.new'));
  const key = makeLocalKey(dataDir);
  expect([readFileSync(outside, 'utf8'), readFileSync(path('local-key'), 'utf8')]).toEqual(['of somebody else', key]);
});
