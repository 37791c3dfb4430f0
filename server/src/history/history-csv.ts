import type { History } from '@semstreams/contract';
import { rowText, withoutFormula } from '../component-kit/content/csv-text.ts';

/** The answer as a table for spreadsheets: a row for each time, a column for each series; nothing where nothing is known. */
export const historyCsv = ({ from, step_s, series }: History): string => {
  const names = series.map(({ flow, component, figure, unit }) =>
    [flow, component, `${figure} (${unit})`].filter((part) => part !== undefined).join(' '),
  );
  const start = Date.parse(from);
  const rows = (series[0]?.values ?? []).map((_, at) => [
    new Date(start + at * step_s * 1000).toISOString(),
    ...series.map(({ values }) => String(values[at] ?? '')),
  ]);
  return [['time', ...names].map(withoutFormula), ...rows].map((row) => `${rowText(row, ',')}\r\n`).join('');
};
