import { expect, it } from 'vitest';
import { FloodGate } from './flood-gate.ts';

const gate = (most = 20) => {
  const flood = new FloodGate(most);
  const written: (number | undefined)[] = [];
  const pass = (kind: string, now: number) => flood.pass(kind, now, (repeated) => written.push(repeated));
  return { flood, written, pass };
};

it('writes the first lines of a kind as they come, then one a minute with the number of the rest', () => {
  const { flood, written, pass } = gate();
  for (let n = 0; n < 10_000; n += 1) pass('flow failed', n);
  expect(written).toEqual(Array.from({ length: 20 }, () => undefined));
  flood.due(60_000);
  expect(written.slice(20)).toEqual([9980]);
  pass('flow failed', 61_000);
  expect(written.slice(21)).toEqual([undefined]);
});

it('holds back nothing of another kind, and tells the rest in the end', () => {
  const { flood, written, pass } = gate(2);
  for (let n = 0; n < 10; n += 1) pass('flow failed', 0);
  pass('NATS is away', 0);
  expect(written).toHaveLength(3);
  flood.due(Infinity);
  expect(written.slice(3)).toEqual([8]);
});

it('forgets no line of what it no longer remembers', () => {
  const { written, pass } = gate(1);
  for (let n = 0; n < 10_000; n += 1) for (let times = 0; times < 2; times += 1) pass(`kind ${n}`, 0);
  expect(written.length).toBeGreaterThanOrEqual(18_000);
});
