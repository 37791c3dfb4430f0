import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Audit } from './audit.ts';

let folder: string;
let now: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'semstreams-audit-'));
  now = Date.UTC(2026, 0, 1);
});
afterEach(() => rmSync(folder, { recursive: true }));
const audit = () => new Audit(folder, () => (now += 1000));
const entry = { who: 'eva', from: '10.0.0.9', what: 'deployFlow', outcome: 'done' } as const;
const path = () => join(folder, 'access', 'audit.ndjson');

it('tells the newest first, over restarts, and what was before a time', () => {
  for (const flow of ['a', 'b', 'c']) audit().note({ ...entry, flow });
  const { items, more } = audit().page(2);
  expect([items.map(({ flow }) => flow), more]).toEqual([['c', 'b'], true]);
  expect(
    audit()
      .page(10, items[1]!.time)
      .items.map(({ flow }) => flow),
  ).toEqual(['a']);
});

it('a line that somebody changed, took out or put in is seen', () => {
  const kept = audit();
  for (const flow of ['a', 'b', 'c', 'd']) kept.note({ ...entry, flow });
  expect(audit().changed()).toEqual([]);
  const lines = readFileSync(path(), 'utf8').trim().split('\n');
  writeFileSync(path(), [lines[0], lines[1]!.replace('"b"', '"x"'), ...lines.slice(2)].join('\n'));
  expect(audit().changed()).toEqual([2]);
  writeFileSync(path(), [lines[0], ...lines.slice(2)].join('\n'));
  expect(audit().changed()).toEqual([2]);
  writeFileSync(path(), [lines[0], 'no JSON', ...lines.slice(1)].join('\n'));
  expect(audit().changed()).toEqual([2]);
});

it('is bounded: the older half goes', () => {
  const kept = audit();
  for (let count = 0; count < 12_000; count += 1) kept.note({ ...entry, detail: 'x'.repeat(800) });
  expect(Math.max(...['', '.1'].map((ending) => readFileSync(`${path()}${ending}`).length))).toBeLessThan(
    4.1 * 1024 ** 2,
  );
  expect(audit().changed()).toEqual([]);
});

it('a flood of refusals is noted by its number, and pushes out nothing that was done', () => {
  const kept = new Audit(folder, () => now);
  kept.note({ ...entry, flow: 'mine' });
  for (let count = 0; count < 5000; count += 1) kept.note({ ...entry, who: 'nobody', outcome: 'refused' });
  now += 60_000;
  kept.note({ ...entry, who: 'nobody', outcome: 'refused', detail: 'log in first' });
  const { items } = kept.page(1000);
  expect(items).toHaveLength(62);
  expect([items[0]!.detail, items[1]!.detail, items.at(-1)!.flow]).toEqual([
    '4940 more were refused before; log in first',
    undefined,
    'mine',
  ]);
});
