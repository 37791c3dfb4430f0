import { implement } from '../../../engine/component.ts';
import { FatalFault, Fault, TransientFault } from '../../../engine/fault.ts';
import { resolveDataPath, whyNoFile } from '../../../component-kit/files/data-files.ts';
import { DiskReserve } from './disk-reserve.ts';
import { RotatingFile } from './rotating-file.ts';
import { csvRows, jsonLines } from './rows.ts';
import { fileOutputDefinition } from './file-output.definition.ts';

/** Errors that pass: the same write may work later. */
const passing = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EMFILE', 'ENFILE', 'ESTALE', 'ENOENT']);

/** A file of CSV that gets another column is written anew up to this size; a larger one is put aside. */
const mostRewritten = 4 * 1024 ** 2;

const faultOf = (thrown: unknown, path: string): Error => {
  if (thrown instanceof Fault) return thrown;
  const sentence = whyNoFile(thrown, path);
  const { code } = thrown as { code?: string };
  return code !== undefined && passing.has(code)
    ? new TransientFault(sentence, { cause: thrown })
    : new FatalFault(sentence, { cause: thrown });
};

export const fileOutput = implement(fileOutputDefinition, ({ config, io }) => {
  const rows = config.format === 'csv' ? csvRows(config.columns, config.delimiter) : jsonLines();
  let file: RotatingFile | undefined;
  let reserve: DiskReserve | undefined;
  let syncing: NodeJS.Timeout | undefined;
  let written = 0;

  /** Rows of other columns begin a file of their own. */
  const fitBelow = async (opened: RotatingFile): Promise<void> => {
    if (!opened.isEmpty && !rows.continue(await opened.beginning())) await makeRoomForColumns(opened);
  };

  const makeRoomForColumns = async (opened: RotatingFile): Promise<void> => {
    if (config.columns.length > 0 || opened.bytes > mostRewritten) return opened.rotate();
    await opened.replace(Buffer.from(rows.rewrite(await opened.content())));
  };

  return {
    async open() {
      const path = await resolveDataPath(io.dataDir, config.path);
      const opened = new RotatingFile({
        path,
        maxBytes: config.max_size,
        maxAgeMs: config.max_age,
        keep: config.keep,
        gzip: config.gzip,
        writer: { flow: io.flow, component: io.component },
        isTorn: (line) => rows.isTorn(line),
        now: io.now,
      });
      file = opened;
      reserve = new DiskReserve({ path, dataDir: io.dataDir, stopAt: io.diskStopAt });
      try {
        await opened.open();
        await fitBelow(opened);
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
      const opened = file!;
      try {
        if (await opened.follow()) await fitBelow(opened);
        if (rows.widen(batch) && !opened.isEmpty) await makeRoomForColumns(opened);
        const text = Buffer.from(batch.map((message) => rows.row(message)).join(''));
        await reserve!.take(text.length);
        if (opened.isDue(text.length)) await opened.rotate();
        const header = opened.isEmpty ? rows.header() : undefined;
        await opened.write(header === undefined ? text : Buffer.concat([Buffer.from(header), text]));
        if (config.sync === 'every_batch') await opened.sync();
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
});
