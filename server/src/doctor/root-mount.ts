export interface RootMount {
  readonly isReadOnly: boolean;
  /** Whether it is the disk of a machine, and not what a container engine put together. */
  readonly isDisk: boolean;
}

/** What /proc/<id>/mountinfo says of the root file system; undefined where it has none. See proc_pid_mountinfo(5). */
export const rootMountIn = (mounts: string): RootMount | undefined => {
  const root = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .filter((fields) => fields[4] === '/')
    .at(-1);
  if (!root) return undefined;
  const [, , , part, , options = ''] = root;
  const source = root[root.indexOf('-') + 2] ?? '';
  return {
    isReadOnly: options.split(',').includes('ro'),
    isDisk: part === '/' && source.startsWith('/dev/') && !source.startsWith('/dev/mapper/docker-'),
  };
};
