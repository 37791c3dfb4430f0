import { z } from 'zod';
import { defineComponent, input } from '../../engine/component.ts';
import { FatalFault, TransientFault } from '../../engine/fault.ts';
import { resolveDataPath, whyNoFile } from '../data-files.ts';
import { duration, size } from '../fields.ts';
import { RotatingFile } from './rotating-file.ts';
import { csvRows, jsonLines } from './rows.ts';

/** Errors that pass: the same write may work later. */
const passing = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE', 'ENFILE']);

const faultOf = (thrown: unknown, path: string): Error => {
  const sentence = whyNoFile(thrown, path);
  const { code } = thrown as { code?: string };
  return code !== undefined && passing.has(code)
    ? new TransientFault(sentence, { cause: thrown })
    : new FatalFault(sentence, { cause: thrown });
};

export const fileOutput = defineComponent({
  type: 'file_output',
  category: 'output',
  title: 'File',
  summary: 'Writes every message to a file, as JSON lines or CSV.',
  icon: 'file-output',
  keywords: ['csv', 'json', 'ndjson', 'log', 'record', 'save', 'archive', 'export', 'disk'],
  ports: { in: input('json') },
  config: z.strictObject({
    path: z
      .string()
      .min(1)
      .max(4096)
      .default('messages.ndjson')
      .meta({
        title: 'File',
        description: 'Below the data folder where it does not begin with "/".',
        examples: ['flight-log.ndjson'],
      }),
    format: z
      .enum(['json_lines', 'csv'])
      .default('json_lines')
      .meta({
        title: 'Content',
        description: 'JSON on each line, or CSV with a header.',
        choices: { json_lines: 'JSON lines', csv: 'CSV' },
      }),
    columns: z
      .array(z.string().min(1))
      .max(1000)
      .default([])
      .meta({
        title: 'Columns',
        description: 'Fields that become columns. Where none is named: those of the file, else of the first message.',
        showIf: { field: 'format', is: ['csv'] },
      }),
    max_size: size
      .prefault('64MB')
      .meta({ title: 'New file at', description: 'Size at which a new file is begun; "0B" for never.' }),
    max_age: duration
      .prefault('24h')
      .meta({ title: 'New file after', description: 'Age at which a new file is begun; "0s" for never.' }),
    keep: z
      .int()
      .min(1)
      .max(10_000)
      .default(10)
      .meta({ title: 'Old files', description: 'How many are kept; the oldest goes first.' }),
    gzip: z
      .boolean()
      .default(true)
      .meta({ title: 'Pack old files', description: 'Whether they are packed.', advanced: true }),
    sync: z
      .enum(['never', 'every_batch', 'every_second'])
      .default('every_second')
      .meta({
        title: 'On disk',
        description: 'When what is written is sure to outlive a power cut.',
        choices: { never: 'When the system likes', every_batch: 'With every batch', every_second: 'Every second' },
        advanced: true,
      }),
  }),
  examples: [
    { title: 'A flight log that begins anew every day', config: { path: 'flight-log.ndjson', max_age: '24h' } },
  ],
  create: ({ config, io }) => {
    const rows = config.format === 'csv' ? csvRows(config.columns) : jsonLines();
    let file: RotatingFile | undefined;
    let syncing: NodeJS.Timeout | undefined;
    let written = 0;

    return {
      async open() {
        const path = await resolveDataPath(io.dataDir, config.path);
        const opened = new RotatingFile({
          path,
          maxBytes: config.max_size,
          maxAgeMs: config.max_age,
          keep: config.keep,
          gzip: config.gzip,
          now: io.now,
        });
        file = opened;
        try {
          await opened.open();
          // rows of other columns begin a file of their own
          if (!opened.isEmpty && !rows.continue(await opened.firstLine())) await opened.rotate();
        } catch (thrown) {
          throw thrown instanceof FatalFault ? thrown : new FatalFault(whyNoFile(thrown, path), { cause: thrown });
        }
        if (config.sync === 'every_second')
          syncing = setInterval(
            () => void opened.sync().catch((thrown: unknown) => io.fail(faultOf(thrown, path))),
            1000,
          );
      },
      in: async (batch) => {
        // what cannot be written as a row is the fault of a message, and not of the file
        const text = Buffer.from(batch.map((message) => rows.row(message)).join(''));
        try {
          if (file!.isDue(text.length)) await file!.rotate();
          const header = file!.isEmpty ? rows.header() : undefined;
          await file!.write(header === undefined ? text : Buffer.concat([Buffer.from(header), text]));
          if (config.sync === 'every_batch') await file!.sync();
          written += batch.length;
        } catch (thrown) {
          throw faultOf(thrown, config.path);
        }
      },
      async close() {
        clearInterval(syncing);
        await file?.close();
      },
      facts: () => ({ written }),
    };
  },
});
