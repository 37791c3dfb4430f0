/** Longest name within a path that Linux takes, in bytes. */
const longestName = 255;
const longestPath = 4095;

/** Why no file can have this path, or undefined where one can. */
export const pathProblem = (path: string): string | undefined => {
  if (path.includes('\0')) return 'a path holds no NUL character';
  if (Buffer.byteLength(path) > longestPath) return `a path has ${longestPath} bytes at most`;
  const tooLong = path.split('/').find((name) => Buffer.byteLength(name) > longestName);
  return tooLong === undefined
    ? undefined
    : `the name "${tooLong.slice(0, 20)}…" has more than ${longestName} bytes: shorten it`;
};
