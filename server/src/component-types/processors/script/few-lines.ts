import type { Io } from '../../../engine/component.ts';

const minuteMs = 60_000;
const mostPerMinute = 20;

/** Writes lines to the log, and so many in a minute at most; that more were left out is one of them. */
export const fewLines = ({ log, monotonic }: Pick<Io, 'log' | 'monotonic'>): ((line: string) => void) => {
  let begun = -Infinity;
  let written = 0;
  return (line) => {
    const now = monotonic();
    if (now - begun >= minuteMs) [begun, written] = [now, 0];
    written += 1;
    if (written < mostPerMinute) log('info', line);
    if (written === mostPerMinute)
      log('warn', `more than ${mostPerMinute - 1} lines came in a minute: the others are left out`);
  };
};
