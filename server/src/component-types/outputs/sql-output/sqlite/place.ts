import { stat } from 'node:fs/promises';
import { makeFolderOf, resolveDataPath, whyNoFile } from '../../../../component-kit/files/data-files.ts';
import { FatalFault } from '../../../../engine/fault.ts';

/**
 * Where the file of a database is, below the data folder or in a folder that flows may write in. It is looked at and not opened: whoever
 * closes a file takes the locks that SQLite holds on it in this process. Rejects with a FatalFault.
 */
export const databaseFile = async (dataDir: string, path: string): Promise<string> => {
  const place = await resolveDataPath(dataDir, path, 'write');
  await makeFolderOf(place);
  const found = await stat(place).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return undefined;
    throw new FatalFault(whyNoFile(thrown, path), { cause: thrown });
  });
  if (found?.isDirectory()) throw new FatalFault(whyNoFile({ code: 'EISDIR' }, path));
  if (found && !found.isFile()) throw new FatalFault(`"${path}" is no ordinary file: choose another one`);
  return place;
};
