import { describe, expect, it } from 'vitest';
import { CatchingUp } from './catching-up.ts';
import type { NamedReceiver } from './named-receivers.ts';
import { presence } from './presence.ts';

const there = (waiting: number) => [{ name: 'b', waiting, isThere: true }];

describe('how long one that catches up will take', () => {
  it('is what waits at the pace at which it becomes less', () => {
    const pace = new CatchingUp();
    pace.look(0, there(1000));
    expect(pace.backInMs('b')).toBeUndefined();
    pace.look(1000, there(900));
    pace.look(2000, there(800));
    expect(pace.backInMs('b')).toBe(8000);
  });

  it('is not known where it comes no nearer, and begins anew when it was away or had everything', () => {
    const pace = new CatchingUp();
    pace.look(0, there(10));
    pace.look(1000, there(20));
    expect(pace.backInMs('b')).toBeUndefined();
    for (const between of [[], there(0), [{ name: 'b', waiting: 5, isThere: false }]]) {
      pace.look(2000, there(5000));
      pace.look(3000, between);
      pace.look(4000, there(100));
      expect(pace.backInMs('b')).toBeUndefined();
    }
  });

  it('forgets how fast it was long ago', () => {
    const pace = new CatchingUp();
    pace.look(0, there(1_000_000));
    for (let n = 1; n <= 30; n += 1) pace.look(n * 1000, there(1000 - 10 * n));
    expect(pace.backInMs('b')).toBe(70_000);
  });
});

describe('what is said of who catches up', () => {
  const receiver = (given: Partial<NamedReceiver>): NamedReceiver => ({
    name: 'b',
    product: 'SemStreams',
    isThere: true,
    awayMs: 0,
    waiting: 10,
    waitingBytes: 100,
    oldestAt: 0,
    behindMs: 0,
    backInMs: undefined,
    missed: 0,
    sinceMs: 0,
    delayMs: undefined,
    forgottenInMs: undefined,
    ...given,
  });
  const said = (...named: NamedReceiver[]) => presence({ nameless: 0, named, hasHadReceivers: true, isHolding: true });
  const minutes = 60_000;
  const hours = 60 * minutes;

  it.each([
    [3 * hours + 12 * minutes, 4 * minutes, '"b" is 3 h 12 min behind, back in about 4 min'],
    [5 * minutes, 2000, '"b" is 5 min behind, back in less than a minute'],
    [24 * hours + 40 * minutes, 2 * hours, '"b" is 1 d behind, back in about 2 h'],
    [50 * hours, undefined, '"b" is 2 d 2 h behind, and comes no nearer'],
    [2 * hours - 1, 60 * minutes - 1, '"b" is 2 h behind, back in about 1 h'],
  ])('%i ms behind', (behindMs, backInMs, sentence) => {
    expect(said(receiver({ behindMs, backInMs }))).toEqual({ state: 'running', sentence: `1 receiver; ${sentence}` });
  });

  it('is nothing of one that is some seconds behind, and of several the one that is furthest', () => {
    expect(said(receiver({ behindMs: 59_000 })).sentence).toBe('1 receiver');
    const two = [
      receiver({ behindMs: 2 * minutes }),
      receiver({ name: 'c', behindMs: 3 * minutes, backInMs: minutes }),
    ];
    expect(said(...two).sentence).toBe('2 receivers; "c" is 3 min behind, and 1 more, back in about 1 min');
  });
});
