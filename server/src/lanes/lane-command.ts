/** Code, stacks and the like, beside what the flows keep, in bytes. */
const basicBytes = 128 * 1024 ** 2;

/**
 * How much memory a lane may hold: `residentBytes` is watched from outside, `dataBytes` is a limit of the operating system
 * (`RLIMIT_DATA`), for what grows faster than it can be watched. There is room for heaps of helper threads in it.
 */
export const laneLimits = (
  memoryLimitBytes: number,
): { readonly residentBytes: number; readonly dataBytes: number } => {
  const residentBytes = Math.ceil(memoryLimitBytes * 1.5) + basicBytes;
  return { residentBytes, dataBytes: residentBytes + 3 * basicBytes };
};

/** Options of this process that are for it alone: they would end a lane, or stand in the way of its own. */
const isOwn = (option: string): boolean => /^--(inspect|max-old-space-size|max-heap-size|heapsnapshot)/.test(option);

/**
 * The command that starts a lane. A shell sets the limits that Node cannot set for a child, and becomes the lane; a system
 * that does not know one of them runs it without. No core is dumped: one for every message that kills a lane fills the disk.
 */
export const laneCommand = (
  entry: string,
  name: string,
  memoryLimitBytes: number,
): { readonly program: string; readonly given: readonly string[] } => {
  const kilobytes = Math.ceil(laneLimits(memoryLimitBytes).dataBytes / 1024);
  return {
    program: '/bin/sh',
    given: [
      '-c',
      `ulimit -c 0 2>/dev/null; ulimit -d ${kilobytes} 2>/dev/null; exec "$0" "$@"`,
      process.execPath,
      ...process.execArgv.filter((option) => !isOwn(option)),
      `--max-old-space-size=${Math.ceil(memoryLimitBytes / 1024 ** 2)}`,
      entry,
      name,
    ],
  };
};
