import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Sessions } from './sessions.ts';

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;
let folder: string;
let now: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'semstreams-sessions-'));
  now = Date.UTC(2026, 0, 1);
});
afterEach(() => rmSync(folder, { recursive: true }));
const open = () => new Sessions(folder, () => now);
const begin = (sessions = open()) => sessions.start({ user: 'eva', record: '' }, '::1');

it.each([
  [12 * hourMs - 1, true],
  [12 * hourMs, false],
])('one that was not used for %d ms is open: %s', (ms, isOpen) => {
  const { key } = begin();
  now += ms;
  expect(open().find(key) !== undefined).toBe(isOpen);
});

it('one that is used all the time ends after seven days', () => {
  const { key } = begin();
  for (let hours = 1; hours < 7 * 24; hours += 1) {
    now += hourMs;
    expect(open().find(key)?.user).toBe('eva');
  }
  now += hourMs;
  expect(open().find(key)).toBeUndefined();
});

describe('where the clock is set back', () => {
  it.each([hourMs, dayMs, 6 * dayMs])(
    'by %d ms whoever is logged in stays so, and not for longer than seven days',
    (ms) => {
      const sessions = open();
      const { key } = begin(sessions);
      now -= ms;
      expect(sessions.find(key)?.expiresAt).toBe(now + 7 * dayMs);
      for (let hours = 1; hours < 7 * 24; hours += 1) {
        now += hourMs;
        expect(sessions.find(key)?.user).toBe('eva');
      }
      now += hourMs;
      expect(sessions.find(key)).toBeUndefined();
    },
  );

  it('by years whoever was logged in has to log in again', () => {
    const { key } = begin();
    now -= 3650 * dayMs;
    expect(open().find(key)).toBeUndefined();
    const again = begin();
    expect(open().find(again.key)?.user).toBe('eva');
  });
});
