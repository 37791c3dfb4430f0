import { readFile, statfs } from 'node:fs/promises';
import { availableParallelism, freemem, hostname, loadavg, totalmem, uptime } from 'node:os';

/** The state of the device that this runs on. Sizes are in bytes; what the system does not tell is null. */
export interface Device {
  readonly host: string;
  readonly uptime_s: number;
  readonly cpus: number;
  readonly load_1m: number;
  readonly load_5m: number;
  readonly memory_total: number;
  readonly memory_free: number;
  /** Of the disk of the data folder. */
  readonly disk_total: number | null;
  readonly disk_free: number | null;
  /** Of the first sensor. */
  readonly temperature_c: number | null;
}

export const lookAtDevice = async (dataDir: string): Promise<Device> => {
  const [disk, memory, temperature] = await Promise.all([
    statfs(dataDir).catch(() => undefined),
    readFile('/proc/meminfo', 'utf8').catch(() => ''),
    readFile('/sys/class/thermal/thermal_zone0/temp', 'utf8').catch(() => ''),
  ]);
  const available = /^MemAvailable:\s*(\d+) kB/m.exec(memory)?.[1];
  const [oneMinute = 0, fiveMinutes = 0] = loadavg();
  return {
    host: hostname(),
    uptime_s: Math.round(uptime()),
    cpus: availableParallelism(),
    load_1m: rounded(oneMinute),
    load_5m: rounded(fiveMinutes),
    memory_total: totalmem(),
    memory_free: available === undefined ? freemem() : Number(available) * 1024,
    disk_total: disk ? disk.bsize * disk.blocks : null,
    disk_free: disk ? disk.bsize * disk.bavail : null,
    temperature_c: /^-?\d+\s*$/.test(temperature) ? Number(temperature) / 1000 : null,
  };
};

const rounded = (value: number): number => Math.round(value * 100) / 100;
