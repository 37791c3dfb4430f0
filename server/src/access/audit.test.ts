import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stranger } from './audit-file.ts';
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
  for (const flow of ['a', 'b', 'c']) audit().note({ ...entry, flow }, 'flows');
  const { items, more } = audit().page({ limit: 2 });
  expect([items.map(({ flow }) => flow), more]).toEqual([['c', 'b'], true]);
  expect(
    audit()
      .page({ limit: 10, before: items[1]!.time })
      .items.map(({ flow }) => flow),
  ).toEqual(['a']);
});

it('a line that somebody changed, took out or put in is seen', () => {
  const kept = audit();
  for (const flow of ['a', 'b', 'c', 'd']) kept.note({ ...entry, flow }, 'flows');
  expect(audit().changed()).toEqual([]);
  const lines = readFileSync(path(), 'utf8').trim().split('\n');
  writeFileSync(path(), [lines[0], lines[1]!.replace('"b"', '"x"'), ...lines.slice(2)].join('\n'));
  expect(audit().changed()).toEqual(['audit.ndjson, line 2']);
  writeFileSync(path(), [lines[0], ...lines.slice(2)].join('\n'));
  expect(audit().changed()).toEqual(['audit.ndjson, line 2']);
  writeFileSync(path(), [lines[0], 'no JSON', ...lines.slice(1)].join('\n'));
  expect(audit().changed()).toEqual(['audit.ndjson, line 2']);
});

it('a line that a power cut has ended in its midst costs that line alone', () => {
  audit().note({ ...entry, flow: 'a' }, 'flows');
  const whole = readFileSync(path(), 'utf8');
  writeFileSync(path(), `${whole}${whole.slice(0, 40)}`);
  audit().note({ ...entry, flow: 'b' }, 'flows');
  audit().note({ ...entry, flow: 'c' }, 'flows');
  const flows = audit()
    .page({ limit: 10 })
    .items.map(({ flow }) => flow);
  expect([flows, audit().changed()]).toEqual([['c', 'b', 'a'], ['audit.ndjson, line 2']]);
});

it('is bounded', () => {
  const kept = audit();
  for (const subject of ['access', 'flows'] as const)
    for (let count = 0; count < 6000; count += 1) kept.note({ ...entry, detail: 'x'.repeat(800) }, subject);
  for (let count = 0; count < 6000; count += 1) {
    now += 1000;
    kept.note({ ...entry, detail: 'x'.repeat(800), outcome: 'refused' }, 'flows');
  }
  const names = readdirSync(join(folder, 'access'));
  expect(names.sort()).toEqual(
    ['audit-of-access', 'audit-of-refusals', 'audit'].flatMap((name) => [`${name}.ndjson`, `${name}.ndjson.1`]),
  );
  const bytes = names.reduce((sum, name) => sum + statSync(join(folder, 'access', name)).size, 0);
  expect(bytes).toBeLessThan(8.1 * 1024 ** 2);
  expect(audit().changed()).toEqual([]);
});

it('however often somebody does something, what others did stays, and what the audit let go is no change by hand', () => {
  const kept = audit();
  for (let count = 0; count < 20; count += 1) {
    kept.note({ ...entry, flow: `mine-${count}` }, 'flows');
    for (let more = 0; more < 200; more += 1)
      kept.note({ ...entry, who: `token "${more}" of max`, detail: 'x'.repeat(500) }, 'flows');
  }
  for (let count = 0; count < 10_000; count += 1)
    kept.note({ ...entry, who: 'max', what: 'stopFlow', detail: 'x'.repeat(500) }, 'flows');
  const own = kept.page({ limit: 100_000 }).items.filter(({ who }) => who === 'eva');
  expect(own.map(({ flow }) => flow)).toEqual(Array.from({ length: 20 }, (_, index) => `mine-${19 - index}`));
  expect(audit().changed()).toEqual([]);
  const older = readFileSync(`${path()}.1`, 'utf8');
  writeFileSync(`${path()}.1`, older.replace('"mine-7"', '"mine-x"'));
  expect(audit().changed()).toHaveLength(1);
});

it('deploys and stops push out nothing of who may do what, nor do refusals', () => {
  const kept = audit();
  kept.note({ ...entry, what: 'createUser' }, 'access');
  for (let count = 0; count < 10_000; count += 1)
    kept.note({ ...entry, what: 'stopFlow', detail: 'x'.repeat(500) }, 'flows');
  for (let count = 0; count < 10_000; count += 1)
    kept.note({ ...entry, what: 'createUser', outcome: 'refused', detail: 'x'.repeat(500) }, 'access');
  expect(
    kept.page({ limit: 100_000 }).items.filter(({ what, outcome }) => what === 'createUser' && outcome === 'done'),
  ).toHaveLength(1);
});

describe('of refusals', () => {
  const refused = { ...entry, who: stranger, outcome: 'refused' } as const;

  it('sixty a minute of one asker are noted, and of more their number; another one is noted as always', () => {
    const kept = new Audit(folder, () => now);
    for (let count = 0; count < 5000; count += 1) kept.note(refused, 'flows');
    kept.note({ ...refused, from: '10.0.0.10' }, 'flows');
    kept.note({ ...refused, who: 'max' }, 'flows');
    expect(kept.page({ limit: 1000 }).items).toHaveLength(62);
    now += 60_000;
    const { items } = kept.page({ limit: 1000 });
    expect([items.length, items[0]]).toEqual([
      63,
      expect.objectContaining({ who: stranger, from: '10.0.0.9', detail: '4940 more were refused within a minute' }),
    ]);
    expect(kept.page({ limit: 1000 }).items).toHaveLength(63);
  });

  it('those of one network of IPv6 count as one asker', () => {
    const kept = new Audit(folder, () => now);
    for (let count = 0; count < 200; count += 1) kept.note({ ...refused, from: `2001:db8::${count}` }, 'flows');
    expect(kept.page({ limit: 1000 }).items).toHaveLength(60);
  });

  it('a crowd of strangers has a bound in all, and somebody who is known is noted beside it', () => {
    const kept = new Audit(folder, () => now);
    for (let count = 0; count < 5000; count += 1)
      kept.note({ ...refused, from: `10.1.${Math.floor(count / 250)}.${count % 250}` }, 'flows');
    kept.note({ ...refused, who: 'max' }, 'flows');
    now += 60_000;
    const { items } = kept.page({ limit: 10_000 });
    expect([items.length, items[0]!.detail, items[1]!.who]).toEqual([
      602,
      '4400 more were refused within a minute',
      'max',
    ]);
  });
});
