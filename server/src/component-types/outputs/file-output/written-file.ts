import { resolveDataPath } from '../../../component-kit/files/data-files.ts';
import type { Writer } from '../../../component-kit/files/one-writer.ts';
import type { Message } from '../../../engine/message.ts';
import type { DiskReserve } from '../../../component-kit/files/disk-reserve.ts';
import { RotatingFile } from './rotating-file.ts';
import { csvRows, jsonLines, type RowWriter } from './rows.ts';

/** A file of CSV that gets another column is written anew up to this size; a larger one is put aside. */
const mostRewritten = 4 * 1024 ** 2;

/** How a file is written, by the settings of the component. */
export interface FileSettings {
  readonly format: 'json_lines' | 'csv';
  readonly columns: readonly string[];
  readonly delimiter: string;
  readonly max_size: number;
  readonly max_age: number;
  readonly keep: number;
  readonly gzip: boolean;
  readonly sync: 'never' | 'every_batch' | 'every_second';
}

export interface FileWorld {
  readonly dataDir: string;
  readonly writer: Writer;
  readonly reserve: DiskReserve;
  readonly now: () => number;
}

/** A file to which messages are written as rows, below the header that they need. */
export class WrittenFile {
  private readonly file: RotatingFile;
  private readonly rows: RowWriter;

  private constructor(
    readonly path: string,
    private readonly settings: FileSettings,
    private readonly world: FileWorld,
  ) {
    const rows = settings.format === 'csv' ? csvRows(settings.columns, settings.delimiter) : jsonLines();
    this.rows = rows;
    this.file = new RotatingFile({
      path,
      maxBytes: settings.max_size,
      maxAgeMs: settings.max_age,
      keep: settings.keep,
      gzip: settings.gzip,
      writer: world.writer,
      isTorn: (line) => rows.isTorn(line),
      now: world.now,
    });
  }

  /** Rejects as `resolveDataPath` where the path is none that may be written, and as files do. */
  static async open(path: string, settings: FileSettings, world: FileWorld): Promise<WrittenFile> {
    const file = new WrittenFile(await resolveDataPath(world.dataDir, path, 'write'), settings, world);
    try {
      await file.file.open();
      await file.fitBelow();
    } catch (thrown) {
      await file.close().catch(() => undefined);
      throw thrown;
    }
    return file;
  }

  /** Appends messages in one piece: a failure leaves nothing of them behind. */
  async write(batch: readonly Message[]): Promise<void> {
    const { file, rows, settings } = this;
    if (await file.follow()) await this.fitBelow();
    if (rows.widen(batch) && !file.isEmpty) await this.makeRoomForColumns();
    const text = Buffer.from(batch.map((message) => rows.row(message)).join(''));
    await this.world.reserve.take(text.length);
    if (file.isDue(text.length)) await file.rotate();
    const header = file.isEmpty ? rows.header() : undefined;
    await file.write(header === undefined ? text : Buffer.concat([Buffer.from(header), text]));
    if (settings.sync === 'every_batch') await file.sync();
  }

  async sync(): Promise<void> {
    await this.file.sync();
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  /** Rows of other columns begin a file of their own. */
  private async fitBelow(): Promise<void> {
    const { file, rows } = this;
    if (!file.isEmpty && !rows.continue(await file.beginning())) await this.makeRoomForColumns();
  }

  private async makeRoomForColumns(): Promise<void> {
    const { file, rows, settings } = this;
    if (settings.columns.length > 0 || file.bytes > mostRewritten) return file.rotate();
    await file.replace(Buffer.from(rows.rewrite(await file.content())));
  }
}
