import type { FlowDocument } from '@semstreams/contract';
import { inARow } from './in-a-row.ts';

/** A table as a data logger writes it for a spreadsheet: a heading, units, a decimal comma, a value that is none, blanks. */
const untidyTable = [
  '# Logger 7, made by hand',
  'Raum;Temp. ;rel. Feuchte',
  ';°C;%',
  'Halle;21,5;40',
  'Lager;-;38',
  ' Büro ;1.021,5;41',
  '"Labor; Keller";19,25;44',
].join('\r\n');

/** CSV of another program under names of one's own, without what cannot be right; a timer stands in for what sends it. */
export const csvCleanUp: FlowDocument = {
  name: 'CSV clean-up',
  description:
    'Takes a table as a data logger writes it (a decimal comma, units, values that are none) and keeps it as one that every program reads. A timer stands in for the logger: put a file, a TCP or an HTTP input in its place.',
  components: [
    {
      id: 'logger',
      type: 'timer_input',
      name: 'Logger',
      config: { every: '5s', payload: { text: untidyTable, at: '{time}' } },
    },
    {
      id: 'rows',
      type: 'parse',
      name: 'Rows',
      config: {
        format: 'csv',
        into: 'row',
        delimiter: ';',
        decimal_comma: true,
        comment: '#',
        skip_below_header: 1,
      },
    },
    {
      id: 'right',
      type: 'json_filter',
      name: 'What can be right',
      config: { rules: [{ field: 'row["Temp."]', operator: 'between', value: [-40, 60] }] },
    },
    {
      id: 'names',
      type: 'json_map',
      name: 'Our names',
      config: {
        steps: [
          { do: 'rename', from: 'row.Raum', to: 'room' },
          { do: 'rename', from: 'row["Temp."]', to: 'temperature' },
          { do: 'rename', from: 'row["rel. Feuchte"]', to: 'humidity' },
        ],
      },
    },
    {
      id: 'table',
      type: 'file_output',
      name: 'Tidy table',
      config: { path: 'tidy.csv', format: 'csv', columns: ['at', 'room', 'temperature', 'humidity'], keep: 3 },
    },
  ],
  connections: [
    { from: 'logger', to: 'rows' },
    { from: 'rows', to: 'right' },
    { from: 'right.out', to: 'names' },
    { from: 'names', to: 'table' },
  ],
  layout: inARow(['logger', 'rows', 'right', 'names', 'table'], 120),
};
