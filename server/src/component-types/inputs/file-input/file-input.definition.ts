import { defineType, output } from '../../../engine/component.ts';
import { fileInputConfig } from './file-input-config.ts';

export const fileInputDefinition = defineType({
  type: 'file_input',
  category: 'input',
  title: 'File',
  summary: 'Reads a file: once, as it grows, or as a recording; or several, and those that come.',
  icon: 'file-input',
  keywords: ['csv', 'json', 'ndjson', 'log', 'tail', 'replay', 'recording', 'import', 'tlog'],
  ports: { out: output('json') },
  config: fileInputConfig,
  drops: {
    too_long: 'The line was longer than "max_line".',
    bad_frame: 'A frame of the recording could not be used.',
    behind_end: 'Bytes behind the end of what gzip has packed were passed over; each run of them counts once.',
  },
  trial: { config: ({ file }) => ({ path: file }) },
  examples: [
    { title: 'Read a CSV file', config: { path: 'measurements.csv', format: 'csv' } },
    {
      title: 'Read the tables that come into a folder, and move them to another one',
      config: { path: 'inbox/*.csv', format: 'csv', when_read: 'move', move_to: 'done' },
    },
    { title: 'Follow a log', config: { path: '/var/log/app.ndjson', mode: 'tail' } },
  ],
});
