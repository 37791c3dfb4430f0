import { type Stats, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';

/** How often the files are looked at, in milliseconds. Looking beats being told: it sees swapped links and mounted files too. */
const lookMs = 2000;

/**
 * Calls `onChange` after one of the files was written, replaced, made or removed since they were read, which was a moment ago.
 * One look follows the other: a drive that does not answer any more holds up the watch and nothing else. Returns how to end it.
 */
export const watchFiles = (paths: readonly string[], onChange: () => void): (() => void) => {
  let seen = paths.map((path) => stateOf(statSync(path, { throwIfNoEntry: false }))).join('\n');
  let isOver = false;
  let looking: NodeJS.Timeout | undefined;
  const lookLater = (): void => {
    if (!isOver) looking = setTimeout(() => void look(), lookMs).unref();
  };
  const look = async (): Promise<void> => {
    const states: string[] = [];
    for (const path of paths) states.push(stateOf(await stat(path).catch(() => undefined)));
    const present = states.join('\n');
    const isNew = !isOver && present !== seen;
    seen = present;
    lookLater();
    if (isNew) onChange();
  };
  lookLater();
  return () => {
    isOver = true;
    clearTimeout(looking);
  };
};

const stateOf = (found: Stats | undefined): string => (found ? `${found.ino} ${found.size} ${found.mtimeMs}` : '');
