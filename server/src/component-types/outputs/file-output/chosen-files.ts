import { FatalFault, Fault, InvalidMessage, SomeFailed, TransientFault } from '../../../engine/fault.ts';
import type { Message } from '../../../engine/message.ts';
import type { FileNames } from './file-names.ts';
import type { WrittenFile } from './written-file.ts';

/** Several files of which each message chooses one. Only so many are open at once: the one that was not used for longest is closed. */
export class ChosenFiles {
  /** The one that was used last stands last. */
  private readonly open = new Map<string, WrittenFile>();

  constructor(
    private readonly given: {
      readonly pathOf: (message: Message) => string;
      readonly names: FileNames;
      readonly resolve: (path: string) => string;
      readonly openFile: (path: string) => Promise<WrittenFile>;
      readonly mostOpen: number;
      readonly faultOf: (thrown: unknown, path: string) => Error;
    },
  ) {}

  get all(): readonly WrittenFile[] {
    return [...this.open.values()];
  }

  /** Writes each message into its file. Rejects with a SomeFailed that names those which are in none. */
  async write(batch: readonly Message[]): Promise<void> {
    const failed = new Map<number, InvalidMessage | TransientFault>();
    for (const [path, indexes] of this.byPath(batch, failed)) await this.writeTo(path, batch, indexes, failed);
    if (failed.size > 0) throw new SomeFailed(failed);
  }

  async close(): Promise<void> {
    const files = this.all;
    this.open.clear();
    await Promise.all(files.map(async (file) => file.close()));
  }

  private byPath(
    batch: readonly Message[],
    failed: Map<number, InvalidMessage | TransientFault>,
  ): Map<string, number[]> {
    const groups = new Map<string, number[]>();
    for (const [index, message] of batch.entries()) {
      try {
        const path = this.given.pathOf(message);
        const group = groups.get(path);
        if (group) group.push(index);
        else groups.set(path, [index]);
      } catch (thrown) {
        failed.set(index, this.faultOf(thrown, ''));
      }
    }
    return groups;
  }

  /** One at a time where a message of several cannot be written: the others must not pay for it. */
  private async writeTo(
    path: string,
    batch: readonly Message[],
    indexes: readonly number[],
    failed: Map<number, InvalidMessage | TransientFault>,
  ): Promise<void> {
    try {
      await (await this.fileAt(path)).write(indexes.map((index) => batch[index]!));
    } catch (thrown) {
      const fault = this.faultOf(thrown, path);
      if (thrown instanceof InvalidMessage && indexes.length > 1 && this.open.has(path))
        for (const index of indexes) await this.writeTo(path, batch, [index], failed);
      else for (const index of indexes) failed.set(index, fault);
    }
  }

  private async fileAt(path: string): Promise<WrittenFile> {
    const known = this.open.get(path);
    if (known) {
      this.open.delete(path);
      this.open.set(path, known);
      return known;
    }
    await this.given.names.take(this.given.resolve(path));
    while (this.open.size >= this.given.mostOpen) await this.closeOldest();
    const file = await this.given.openFile(path);
    this.open.set(path, file);
    return file;
  }

  private async closeOldest(): Promise<void> {
    const [path, file] = this.open.entries().next().value!;
    this.open.delete(path);
    await file.close();
  }

  /** One file that cannot be written says nothing of the others. */
  private faultOf(thrown: unknown, path: string): InvalidMessage | TransientFault {
    const fault = thrown instanceof Fault ? thrown : this.given.faultOf(thrown, path);
    return fault instanceof InvalidMessage || fault instanceof TransientFault
      ? fault
      : new InvalidMessage(fault.message, { cause: thrown instanceof FatalFault ? thrown.cause : thrown });
  }
}
