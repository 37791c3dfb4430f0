import { statSync } from 'node:fs';

/** How often the files are looked at, in milliseconds. Looking beats being told: it sees swapped links and mounted files too. */
const lookMs = 2000;

/** Calls `onChange` after one of the files was written, replaced, made or removed. Returns how to end that. */
export const watchFiles = (paths: readonly string[], onChange: () => void): (() => void) => {
  const state = () => paths.map(stateOf).join('\n');
  let seen = state();
  const looking = setInterval(() => {
    const present = state();
    if (present === seen) return;
    seen = present;
    onChange();
  }, lookMs).unref();
  return () => clearInterval(looking);
};

const stateOf = (path: string): string => {
  try {
    const { ino, size, mtimeMs } = statSync(path);
    return `${ino} ${size} ${mtimeMs}`;
  } catch {
    return '';
  }
};
