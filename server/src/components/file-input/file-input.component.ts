import { z } from 'zod';
import { defineComponent, output } from '../../engine/component.ts';
import { FatalFault } from '../../engine/fault.ts';
import { resolveDataPath, readWhole } from '../data-files.ts';
import { fieldPath, size } from '../fields.ts';
import { pace } from '../pace.ts';
import { replaySettings } from '../replay-settings.ts';
import { readOnce } from './read-file.ts';
import { type FileRecord, recordReader } from './records.ts';
import { replay } from './replay.ts';
import { tail } from './tail.ts';

/** Messages in one batch from a file. */
const batchSize = 500;

const followProblem = (config: { mode: string; format: string; path: string }): string | undefined => {
  if (config.mode !== 'tail') return undefined;
  if (config.format === 'tlog') return 'a MAVLink recording cannot be followed: read it "once", or "replay" it';
  return config.path.endsWith('.gz') ? 'a packed file cannot be followed' : undefined;
};

export const fileInput = defineComponent({
  type: 'file_input',
  category: 'input',
  title: 'File',
  summary: 'Reads a file: once, as it grows, or as a recording.',
  icon: 'file-input',
  keywords: ['csv', 'json', 'ndjson', 'log', 'tail', 'replay', 'recording', 'import', 'tlog'],
  ports: { out: output('json') },
  config: z
    .strictObject({
      path: z
        .string()
        .min(1)
        .max(4096)
        .meta({
          title: 'File',
          description: 'Below the data folder where it does not begin with "/". A name that ends in .gz is unpacked.',
          examples: ['measurements.csv'],
        }),
      format: z
        .enum(['json_lines', 'csv', 'text', 'tlog'])
        .default('json_lines')
        .meta({
          title: 'Content',
          description: 'JSON on each line, CSV with a header, plain lines, or a MAVLink recording.',
          choices: { json_lines: 'JSON lines', csv: 'CSV', text: 'Lines of text', tlog: 'MAVLink recording' },
        }),
      mode: z
        .enum(['once', 'tail', 'replay'])
        .default('once')
        .meta({
          title: 'Reading',
          description: 'From beginning to end, following what is added, or at the speed of the recording.',
          choices: { once: 'Once', tail: 'Follow what is added', replay: 'Replay' },
        }),
      from_start: z
        .boolean()
        .default(false)
        .meta({
          title: 'From the beginning',
          description: 'Whether what stands in the file already is read too.',
          showIf: { field: 'mode', is: ['tail'] },
        }),
      time_field: fieldPath.default('time').meta({
        title: 'Time',
        description: 'Field that tells when it was recorded: a date, or seconds, milli- or microseconds since 1970.',
        widget: 'field',
        showIf: { field: 'mode', is: ['replay'] },
      }),
      ...replaySettings({ field: 'mode', is: ['replay'] }),
      delimiter: z
        .string()
        .length(1)
        .default(',')
        .meta({ title: 'Delimiter', description: 'Between the fields of a CSV line.', advanced: true }),
      numbers: z.boolean().default(true).meta({
        title: 'Numbers',
        description: 'Whether fields of CSV that look like numbers become numbers.',
        advanced: true,
      }),
      max_line: size
        .prefault('1MB')
        .meta({ title: 'Longest line', description: 'Longer ones are dropped.', advanced: true }),
    })
    .check(({ value, issues }) => {
      const problem = followProblem(value);
      if (problem) issues.push({ code: 'custom', path: ['mode'], message: problem, input: value.mode });
    }),
  drops: { too_long: 'The line was longer than "max_line".', bad_frame: 'A frame of the recording could not be used.' },
  examples: [
    { title: 'Read a CSV file', config: { path: 'measurements.csv', format: 'csv' } },
    { title: 'Follow a log', config: { path: '/var/log/app.ndjson', mode: 'tail' } },
  ],
  create: ({ config, io, emit }) => {
    let running: Promise<void> | undefined;
    let records = 0;

    /** What the records hold goes on; the rest counts. Resolves when it is handed on. */
    const take = async (found: readonly FileRecord[]): Promise<void> => {
      records += found.length;
      const batch = found.flatMap((record) => {
        if ('payload' in record)
          return [io.message(record.payload, record.json === undefined ? {} : { json: record.json })];
        io.invalid(record.invalid, undefined);
        return [];
      });
      for (let at = 0; at < batch.length && !io.signal.aborted; at += batchSize)
        await emit(batch.slice(at, at + batchSize));
    };

    const readRecords = async (path: string): Promise<void> => {
      const { mode, format } = config;
      if (format === 'tlog') return readRecording(path);
      const reading = {
        path,
        signal: io.signal,
        newReader: () =>
          recordReader({
            format,
            delimiter: config.delimiter,
            numbers: config.numbers,
            longestLine: config.max_line,
            tooLong: () => io.drop('too_long'),
          }),
        take,
      };
      if (mode === 'tail') return tail({ ...reading, fromStart: config.from_start, report: io.report });
      if (mode === 'replay')
        return replay({ ...reading, timeField: config.time_field, speed: config.speed, loop: config.loop });
      return readOnce(reading);
    };

    /** The tables of MAVLink are loaded only where a recording is read. */
    const readRecording = async (path: string): Promise<void> => {
      const [{ Decoder }, { tlogRecords }] = await Promise.all([
        import('../mavlink-input/mavlink-input.ts'),
        import('../mavlink-input/tlog.ts'),
      ]);
      const bytes = await readWhole(path);
      let decoded: FileRecord[] = [];
      const decoder = new Decoder({
        dialect: 'ardupilotmega',
        messages: [],
        systems: [],
        message: (payload) => decoded.push({ payload }),
        refused: () => io.drop('bad_frame'),
      });
      do {
        const line = decoder.line();
        const clock = pace(config.mode === 'replay' ? config.speed : 0, io.signal);
        let frames = 0;
        for (const { time, frame } of tlogRecords(bytes)) {
          frames += 1;
          const wait = clock(time);
          if (wait || decoded.length >= batchSize) {
            await take(decoded);
            decoded = [];
            await (wait ?? new Promise((resolve) => setImmediate(resolve)));
          }
          line.push(frame, time);
          if (io.signal.aborted) return;
        }
        if (frames === 0) throw new FatalFault(`"${config.path}" holds no MAVLink recording`);
        line.finish();
        await take(decoded);
        decoded = [];
      } while (config.mode === 'replay' && config.loop);
    };

    return {
      async open() {
        const path = await resolveDataPath(io.dataDir, config.path);
        running = readRecords(path).then(
          () => {
            if (!io.signal.aborted) io.report('running', `Read to the end: ${records} records`);
          },
          (thrown: unknown) => {
            if (!io.signal.aborted) io.fail(thrown as Error);
          },
        );
      },
      async close() {
        await running;
      },
      facts: () => ({ records }),
    };
  },
});
