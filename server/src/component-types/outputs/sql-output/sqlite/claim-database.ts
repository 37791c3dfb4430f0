import { claimTogether, nameOfPath, type Writer } from '../../../../component-kit/files/one-writer.ts';

/** The file itself, and those that SQLite keeps beside it. */
const endings = ['', '-wal', '-shm', '-journal'];

/**
 * Claims the files of a database, so that nobody takes one away while it is written; other components may write it, too. Resolves with
 * what gives them back. Rejects with a FatalFault where one of them has a writer of another kind.
 */
export const claimDatabase = async (path: string, writer: Writer, shown: string): Promise<() => Promise<void>> => {
  const name = await nameOfPath(path);
  const claimed: (() => Promise<void>)[] = [];
  const free = async (): Promise<void> => {
    for (const each of claimed.splice(0)) await each();
  };
  try {
    for (const ending of endings) claimed.push(await claimTogether(`${name}${ending}`, writer, `${shown}${ending}`));
  } catch (thrown) {
    await free();
    throw thrown;
  }
  return free;
};
