import { describe, expect, it } from 'vitest';
import { rehearse, type Rehearsal, until } from '../../../component-kit/testing/rehearsal.ts';
import { stillClock } from '../../../engine/still-clock.ts';
import { timerInput } from './timer-input.component.ts';
import { timerInputDefinition } from './timer-input.definition.ts';

const start = Date.UTC(2026, 2, 29, 0, 30);

const timed = async (
  config: Record<string, unknown>,
  passMs: number,
  emit: (count: number) => Promise<void> = async () => Promise.resolve(),
): Promise<Rehearsal> => {
  const clock = stillClock(start);
  const input = rehearse(timerInput, config, { clock, emit: async () => emit(input.emitted.length) });
  await input.open();
  await clock.pass(passMs);
  await input.close();
  expect(input.faults).toEqual([]);
  return input;
};

describe('when', () => {
  it('at an interval, the first one at once', async () => {
    const input = await timed({ every: '10s' }, 25_000);
    expect(input.payloads()).toEqual(
      [0, 10, 20].map((s, index) => ({ time: new Date(start + s * 1000).toISOString(), count: index + 1 })),
    );
    expect(input.emitted.map(({ time }) => time - start)).toEqual([0, 10_000, 20_000]);
  });

  it('at times of the clock of a zone, where that leaves an hour out', async () => {
    const input = await timed(
      { when: 'cron', cron: '*/30 * * * *', zone: 'Europe/Berlin', payload: '{time}' },
      3_600_000,
    );
    expect(input.payloads()).toEqual(['2026-03-29T01:00:00.000Z', '2026-03-29T01:30:00.000Z']);
    const night = await timed(
      { when: 'cron', cron: '30 2 * * *', zone: 'Europe/Berlin', payload: '{time}' },
      86_400_000,
    );
    expect(night.payloads()).toEqual(['2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z']);
  });

  it('with seconds, and so many at most', async () => {
    const input = await timed({ when: 'cron', cron: '*/20 * * * * *', count: 2, payload: '{unix_ms}' }, 100_000);
    expect(input.payloads()).toEqual([start + 20_000, start + 40_000]);
    expect(input.reports.at(-1)).toBe('running: Ended after 2 messages');
  });

  it('leaves out what was due while the flow was busy, and counts it', async () => {
    const clock = stillClock(start);
    const input = rehearse(
      timerInput,
      { every: '10s', payload: '{unix_ms}' },
      {
        clock,
        emit: async () => (input.emitted.length === 1 ? clock.wait(35_000, new AbortController().signal) : undefined),
      },
    );
    await input.open();
    await clock.pass(60_000);
    await input.close();
    expect(input.payloads().map((at) => (Number(at) - start) / 1000)).toEqual([0, 10, 50, 60]);
    expect(input.drops).toEqual({ busy: 3 });
  });

  it('notices that the clock was set, makes up for nothing, and comes never twice', async () => {
    const clock = stillClock(start);
    const input = rehearse(timerInput, { when: 'cron', cron: '0 * * * *', payload: '{time}' }, { clock });
    await input.open();
    await clock.pass(60_000);
    clock.jump(5 * 3_600_000);
    await clock.pass(60_000);
    clock.jump(-3_600_000);
    await clock.pass(2 * 3_600_000);
    await input.close();
    expect(input.payloads()).toEqual(['2026-03-29T01:00:00.000Z', '2026-03-29T06:00:00.000Z']);
  });
});

describe('payloads', () => {
  it.each<[unknown, unknown]>([
    [
      { n: '{count}', text: 'number {count}, {{count}}', list: ['{unix_ms}', 1, null] },
      { n: 1, text: 'number 1, {count}', list: [start, 1, null] },
    ],
    ['{count}', 1],
    [7, 7],
    ['', ''],
    [{ '{count}': '{ count }' }, { '{count}': 1 }],
  ])('%j is made to %j', async (payload, expected) => {
    expect((await timed({ payload, count: 1 }, 0)).payloads()).toEqual([expected]);
  });

  it('tell the state of the device', async () => {
    const input = rehearse(timerInput, {
      every: '10ms',
      payload: { all: '{device}', load: '{device.load_1m}', none: '{device.x}' },
      count: 1,
    });
    await input.open();
    await until('it is made', () => input.emitted.length === 1);
    await input.close();
    const { all, load, none } = input.payloads()[0] as Record<string, Record<string, unknown>>;
    expect(all).toMatchObject({
      memory_total: expect.any(Number),
      disk_free: expect.any(Number),
      uptime_s: expect.any(Number),
    });
    expect([load, none]).toEqual([all!['load_1m'], null]);
  });
});

it.each<[Record<string, unknown>, string, string]>([
  [{ every: '1ms' }, 'every', 'an interval lasts 10ms to 365d'],
  [{ cron: '60 * * * *' }, 'cron', 'invalid value for minute: 60; write a pattern such as "*/15 8-18 * * MON-FRI"'],
  [{ cron: '0 0 31 2 *' }, 'cron', 'these times never come'],
  [{ zone: 'Berlin' }, 'zone', 'write a zone such as "Europe/Berlin" or "UTC"'],
  [
    { payload: { a: ['{now}'] } },
    'payload',
    '"now" is none of {time}, {unix_ms}, {count} and {device}; write {{ and }} for braces that are text',
  ],
  [{ count: 0 }, 'count', 'Too small: expected number to be >=1'],
])('%j is refused at %s', (config, at, message) => {
  const issues = timerInputDefinition.config.safeParse(config).error?.issues ?? [];
  expect(issues.map(({ path, message: said }) => [path.join('.'), said])).toEqual([[at, message]]);
});
