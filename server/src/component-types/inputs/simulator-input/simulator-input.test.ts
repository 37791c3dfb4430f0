import { describe, expect, it } from 'vitest';
import type { Batch } from '../../../engine/message.ts';
import { rehearse, until } from '../../../component-kit/testing/rehearsal.ts';
import { simulatorInput } from './simulator-input.component.ts';
import { Generator, seeded, simulate } from './simulator-input.ts';

const made = (generator: object, count: number, rate = 1): unknown[] => {
  const make = simulate([Generator.parse({ field: 'x', ...generator })], seeded(1));
  return Array.from({ length: count }, (_, index) => (make(index / rate, index, 0) as { x: unknown }).x);
};
const numbers = (generator: object, count: number): number[] => made(generator, count) as number[];

describe('what it makes', () => {
  it.each<[object, number, unknown[]]>([
    [{ kind: 'counter', start: 5, step: 2 }, 3, [5, 7, 9]],
    [{ kind: 'sine', mean: 10, amplitude: 2, period: 4 }, 5, [10, 12, 10, 8, 10]],
    [{ kind: 'constant', value: { a: [1] } }, 2, [{ a: [1] }, { a: [1] }]],
    [{ kind: 'time' }, 1, ['1970-01-01T00:00:00.000Z']],
  ])('%j makes %i values', (generator, count, expected) => expect(made(generator, count)).toEqual(expected));

  it('walks at random in small steps, within its bounds', () => {
    const walk = numbers({ kind: 'random_walk', start: 5, step: 1, min: 0, max: 10 }, 2000);
    expect(Math.min(...walk)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...walk)).toBeLessThanOrEqual(10);
    for (const [index, value] of walk.slice(1).entries())
      expect(Math.abs(value - walk[index]!)).toBeLessThanOrEqual(1.001);
    expect(new Set(walk).size).toBeGreaterThan(500);
  });

  it('goes round in a circle of its radius, at its speed', () => {
    const track = made({ kind: 'circle', lat: 50, lon: 8, radius: 100, speed: 10 }, 63) as {
      lat: number;
      lon: number;
    }[];
    const metres = (a: { lat: number; lon: number }, b: { lat: number; lon: number }) => {
      const perDegree = (Math.PI * 6_371_000) / 180;
      return Math.hypot((a.lat - b.lat) * perDegree, (a.lon - b.lon) * perDegree * Math.cos((50 * Math.PI) / 180));
    };
    for (const place of track) expect(metres(place, { lat: 50, lon: 8 })).toBeCloseTo(100, 0);
    expect(metres(track[0]!, track[1]!)).toBeCloseTo(10, 1);
    expect(metres(track[0]!, track[62]!)).toBeLessThan(20);
  });

  it('takes one of several at random', () => {
    expect(new Set(made({ kind: 'choice', values: ['a', 'b', 3] }, 100))).toEqual(new Set(['a', 'b', 3]));
  });

  it('is the same for the same seed', () => {
    const random = { kind: 'random_walk' };
    expect(numbers(random, 50)).toEqual(numbers(random, 50));
  });
});

it('ends after its count, and says so', async () => {
  const input = rehearse(simulatorInput, {
    rate: 100_000,
    count: 12_345,
    seed: 1,
    fields: [{ kind: 'counter', field: 'n' }],
  });
  await input.open();
  await until('it has ended', () => input.reports.includes('running: Ended after 12345 messages'));
  await input.close();
  expect(input.payloads()).toEqual(Array.from({ length: 12_345 }, (_, n) => ({ n })));
});

it('is never faster than its rate, and does not make up for a long time in which the flow was busy', async () => {
  let open1 = (): void => undefined;
  const gate = new Promise<void>((resolve) => (open1 = resolve));
  const sizes: number[] = [];
  const emit = async (batch: Batch): Promise<void> => {
    sizes.push(batch.length);
    await gate;
  };
  const startedAt = performance.now();
  const input = rehearse(simulatorInput, { rate: 100_000 }, { emit });
  await input.open();
  await until('30 000 are due', () => performance.now() - startedAt > 300);
  open1();
  await until('some batches have followed', () => sizes.length > 3);
  await input.close();
  expect(sizes[1]).toBe(10_000);
  const due = ((performance.now() - startedAt) / 1000) * 100_000 + 1;
  expect(input.emitted.length).toBeLessThanOrEqual(due - 20_000);
});

it('stops at once although the next message is far away', async () => {
  const input = rehearse(simulatorInput, { rate: 0.01 });
  await input.open();
  await until('the first one is there', () => input.emitted.length === 1);
  await input.close();
  expect(input.faults).toEqual([]);
});

it('moves without any setting: what a person sees who has just placed it', async () => {
  const input = rehearse(simulatorInput, {});
  await input.open();
  await until('two are there', () => input.emitted.length >= 2);
  await input.close();
  expect(input.payloads()[0]).toEqual({
    vehicle: 'simulated-1',
    sequence: 0,
    time: expect.any(String),
    position: { lat: expect.any(Number), lon: expect.any(Number) },
    altitude: 60,
    speed: 12,
    battery: 87,
  });
});
