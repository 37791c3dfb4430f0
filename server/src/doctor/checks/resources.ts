import { type Check, failed, passed, warning } from '../check.ts';

const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MB`;

/** What it may use of the machine. */
export const resources: readonly Check[] = [
  {
    id: 'memory_limit',
    title: 'Memory limit',
    run: ({ process }) =>
      process.memoryLimit === undefined
        ? warning('there is none', 'set one: "deploy.resources.limits.memory" in Compose, "MemoryMax" in systemd')
        : passed(megabytes(process.memoryLimit)),
  },
  {
    id: 'cpu_limit',
    title: 'CPU limit',
    run: ({ process }) =>
      process.cpuLimit === undefined
        ? warning('there is none', 'set one: "deploy.resources.limits.cpus" in Compose, "CPUQuota" in systemd')
        : passed(`${process.cpuLimit} cores`),
  },
  {
    id: 'storage_limit',
    title: 'Storage limit of NATS',
    run: ({ fileStoreLimit }) =>
      fileStoreLimit === undefined
        ? warning('it cannot be seen from here', 'set "max_file_store" in the jetstream part of the NATS configuration')
        : passed(megabytes(fileStoreLimit)),
  },
  {
    id: 'disk',
    title: 'Disk',
    run: ({ disk, settings }) => {
      if (!disk) return warning('the data folder cannot be looked at from here', 'run this as the user of the server');
      const { warn_at, stop_at } = settings.values.disk;
      const said = `${disk.usedPercent} % used, ${megabytes(disk.freeBytes)} free`;
      if (disk.usedPercent >= stop_at) return failed(said, 'free some space: buffers do not grow any more');
      return disk.usedPercent >= warn_at ? warning(said, 'free some space') : passed(said);
    },
  },
];
