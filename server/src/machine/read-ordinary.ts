import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/**
 * The text of a small file. What is no ordinary file, such as a pipe into which nobody may ever write, is refused, and so is what
 * is larger; rejects with an Error that says so, or as `open` of Node does.
 */
export const readOrdinary = async (path: string, mostBytes: number): Promise<string> => {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await file.stat();
    if (!stats.isFile())
      throw new Error('it is no ordinary file: put a file in its place, or take it out of the folder');
    if (stats.size > mostBytes) throw new Error(`it is larger than ${mostBytes / 1024 ** 2} MB`);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
};
