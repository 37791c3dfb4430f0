import { expect, it } from 'vitest';
import { historyCsv } from './history-csv.ts';

it('is a table with a row for each time and nothing where nothing is known', () => {
  const answer = {
    from: '2026-03-01T12:00:00.000Z',
    to: '2026-03-01T12:00:20.000Z',
    step_s: 10,
    series: [
      { flow: 'climb', figure: 'in' as const, unit: 'messages/s', values: [119.8, null] },
      { flow: 'climb', component: 'log', figure: 'waiting' as const, unit: 'messages', values: [0, 3] },
    ],
  };
  expect(historyCsv(answer)).toBe(
    'time,climb in (messages/s),climb log waiting (messages)\r\n2026-03-01T12:00:00.000Z,119.8,0\r\n2026-03-01T12:00:10.000Z,,3\r\n',
  );
});

it('takes no name for a formula', () => {
  const series = [{ flow: '=1+1', figure: 'in' as const, unit: 'messages/s', values: [] }];
  expect(historyCsv({ from: '2026-03-01T12:00:00.000Z', to: '2026-03-01T12:00:00.000Z', step_s: 10, series })).toBe(
    "time,'=1+1 in (messages/s)\r\n",
  );
});
