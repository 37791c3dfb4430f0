import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';

/** What a restore has begun, so that whoever comes after a kill can take it back. */
const Begun = z.discriminatedUnion('step', [
  /** Flows are being stopped: what should run is what was written before. */
  z.strictObject({
    step: z.literal('pausing'),
    deployments: z.array(z.strictObject({ key: z.string(), base64: z.string() })),
  }),
  /** What is kept is being changed: what was there before lies in a backup. */
  z.strictObject({
    step: z.literal('changing'),
    before: z.string(),
    with_buffers: z.boolean(),
    /** The streams that were there. */
    streams: z.array(z.string()),
  }),
]);
export type Begun = z.infer<typeof Begun>;

/** Says on disk which restore is under way. It is written before something is changed, and removed when all of it is. */
export class Journal {
  constructor(private readonly path: string) {}

  /** Resolves when it is on disk, over a power cut too. Rejects where the disk does not take it: the one before is still there. */
  async write(begun: Begun): Promise<void> {
    const part = `${this.path}.part`;
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    try {
      const file = await open(part, 'w', 0o600);
      try {
        await file.writeFile(JSON.stringify(begun));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(part, this.path);
    } catch (thrown) {
      await rm(part, { force: true });
      throw thrown;
    }
    await this.syncFolder();
  }

  /** Undefined where nothing is under way. A journal that cannot be read is an Error that names it. */
  async read(): Promise<Begun | undefined> {
    try {
      return Begun.parse(JSON.parse(await readFile(this.path, 'utf8')));
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new Error(`the journal of a restore "${this.path}" cannot be read: ${(thrown as Error).message}`, {
        cause: thrown,
      });
    }
  }

  async clear(): Promise<void> {
    await rm(this.path, { force: true });
    await this.syncFolder();
  }

  private async syncFolder(): Promise<void> {
    const folder = await open(dirname(this.path));
    await folder.sync().finally(async () => folder.close());
  }
}
