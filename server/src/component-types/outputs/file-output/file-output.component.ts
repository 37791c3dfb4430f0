import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { implement } from '../../../engine/component.ts';
import { FatalFault, Fault, SomeFailed, TransientFault } from '../../../engine/fault.ts';
import { makeFolderOf, resolveDataPath, whyNoFile } from '../../../component-kit/files/data-files.ts';
import { claim } from '../../../component-kit/files/one-writer.ts';
import type { Batch } from '../../../engine/message.ts';
import { ChosenFiles } from './chosen-files.ts';
import { DiskReserve } from '../../../component-kit/files/disk-reserve.ts';
import { FileNames } from './file-names.ts';
import { fixedFolder, isPathTemplate, namePatterns, pathOf, plainPath } from './path-template.ts';
import { fileOutputDefinition } from './file-output.definition.ts';
import { WrittenFile } from './written-file.ts';

/** Errors that pass: the same write may work later. */
const passing = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EMFILE', 'ENFILE', 'ESTALE', 'ENOENT']);

const faultOf = (thrown: unknown, path: string): Error => {
  if (thrown instanceof Fault) return thrown;
  const sentence = whyNoFile(thrown, path);
  const { code } = thrown as { code?: string };
  return code !== undefined && passing.has(code)
    ? new TransientFault(sentence, { cause: thrown })
    : new FatalFault(sentence, { cause: thrown });
};

/** What is written to: one file, or those that the messages choose. */
interface Files {
  readonly all: readonly WrittenFile[];
  write(batch: Batch): Promise<void>;
  close(): Promise<void>;
  facts(): Readonly<Record<string, unknown>>;
}

export const fileOutput = implement(fileOutputDefinition, ({ config, io }) => {
  const writer = { flow: io.flow, component: io.component };
  let files: Files | undefined;
  let syncing: NodeJS.Timeout | undefined;
  let written = 0;

  const worldAt = (path: string) => ({
    dataDir: io.dataDir,
    writer,
    now: io.now,
    reserve: new DiskReserve({ path, dataDir: io.dataDir, stopAt: io.diskStopAt }),
  });

  const openOne = async (): Promise<Files> => {
    const path = plainPath(config.path);
    const world = worldAt(await resolveDataPath(io.dataDir, path, 'write'));
    const file = await WrittenFile.open(path, config, world).catch((thrown: unknown) => {
      throw thrown instanceof FatalFault
        ? thrown
        : new FatalFault(whyNoFile(thrown, resolve(io.dataDir, path)), { cause: thrown });
    });
    return {
      all: [file],
      write: async (batch) =>
        file.write(batch).catch((thrown: unknown) => {
          throw faultOf(thrown, config.path);
        }),
      close: async () => file.close(),
      facts: () => ({}),
    };
  };

  const openChosen = async (): Promise<Files> => {
    const folder = await folderOf(io.dataDir, fixedFolder(config.path));
    const freeTemplate = await claim(`files ${folder} ${config.path}`, writer, config.path);
    const names = new FileNames({
      ...{ folder, patterns: namePatterns(config.path) },
      ...{ most: config.max_files, monotonic: () => io.monotonic() },
    });
    await names.look();
    const world = worldAt(resolve(folder, 'any'));
    const chosen = new ChosenFiles({
      pathOf: pathOf(config.path, { field: config.time_field, format: config.time_format, zone: config.time_zone }),
      names,
      resolve: (path) => resolve(io.dataDir, path),
      openFile: async (path) => WrittenFile.open(path, config, world),
      mostOpen: config.max_open,
      faultOf,
    });
    return {
      get all() {
        return chosen.all;
      },
      write: async (batch) => chosen.write(batch),
      close: async () => chosen.close().finally(async () => freeTemplate()),
      facts: () => ({ files: names.count, open: chosen.all.length }),
    };
  };

  const syncAll = async (): Promise<void> => {
    for (const file of files!.all) await file.sync().catch((thrown: unknown) => io.fail(faultOf(thrown, file.path)));
  };

  return {
    async open() {
      files = await (isPathTemplate(config.path) ? openChosen() : openOne());
      if (config.sync === 'every_second') syncing = setInterval(() => void syncAll(), 1000);
    },
    in: async (batch) => {
      try {
        await files!.write(batch);
        written += batch.length;
      } catch (thrown) {
        if (thrown instanceof SomeFailed) written += batch.length - thrown.failed.size;
        throw thrown;
      }
    },
    async close() {
      clearInterval(syncing);
      await files?.close();
    },
    facts: () => ({ written, ...files?.facts() }),
  };
});

/** The folder of a path with fields, which is made where there is none. Rejects with a FatalFault. */
const folderOf = async (dataDir: string, folder: string): Promise<string> => {
  if (folder === '') return dataDir;
  const path = await resolveDataPath(dataDir, folder, 'write');
  await makeFolderOf(path);
  await mkdir(path).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code !== 'EEXIST') throw new FatalFault(whyNoFile(thrown, path), { cause: thrown });
  });
  return path;
};
