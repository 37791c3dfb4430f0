/** Why a disk does not take what is written, and the way out, by the codes of the system. */
const problems: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk of the data folder is full: make room',
  EDQUOT: 'the disk quota of this user is used up: make room, or have it raised',
  EROFS:
    'the disk of the data folder is mounted read-only: see what the log of the system says about it, and mount it again',
};

/** The sentence for a disk that does not take what is written; undefined where something else was thrown. */
export const diskProblemOf = (thrown: unknown): string | undefined =>
  problems[(thrown as Partial<NodeJS.ErrnoException> | undefined)?.code ?? ''];
