import type { Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { portTaken } from '../../engine/port-taken.ts';

/** How often the system is asked what it has lost, in milliseconds; of sockets to which nothing comes, more rarely. */
const askMs = 1000;
const quietAskMs = 10_000;

/**
 * Tells of packets that the system gave up because the socket's buffer was full: nobody else would. Returns how to end it,
 * with a last look. `received` counts what the socket got. Tells nothing where the system does not say it (it does on Linux,
 * in `/proc/net/udp`).
 */
export const watchLoss = (socket: Socket, received: () => number, lost: (packets: number) => void): (() => void) => {
  const { port, family } = socket.address();
  const table = family === 'IPv6' ? '/proc/net/udp6' : '/proc/net/udp';
  const since = performance.now();
  let known = 0;
  let before = 0;
  const look = (): void => {
    const isQuiet = received() === before;
    before = received();
    const oldest = performance.now() - (isQuiet ? quietAskMs : askMs / 2);
    const all = lostAt(table, port, Math.max(since, oldest));
    if (all > known) lost(all - known);
    known = Math.max(known, all);
  };
  const timer = setInterval(look, askMs);
  return () => {
    clearInterval(timer);
    readings.delete(table);
    look();
  };
};

/** The column `drops` of proc(5), over all sockets of a port: there is one, but for multicast. Read at `oldest` or later. */
const lostAt = (table: string, port: number, oldest: number): number => lossesIn(table, oldest).get(port) ?? 0;

/** The tables as they were read last: many sockets share one reading. */
const readings = new Map<string, { readonly at: number; readonly losses: ReadonlyMap<number, number> }>();

const lossesIn = (table: string, oldest: number): ReadonlyMap<number, number> => {
  const known = readings.get(table);
  if (known && known.at >= oldest) return known.losses;
  const at = performance.now();
  const losses = readLosses(table);
  readings.set(table, { at, losses });
  return losses;
};

const readLosses = (table: string): ReadonlyMap<number, number> => {
  const losses = new Map<number, number>();
  try {
    for (const line of readFileSync(table, 'latin1').split('\n').slice(1)) {
      const columns = line.trim().split(/\s+/);
      const port = Number.parseInt(columns[1]?.split(':')[1] ?? '', 16);
      const lost = Number(columns.at(-1));
      if (lost > 0) losses.set(port, (losses.get(port) ?? 0) + lost);
    }
  } catch {
    // this system does not tell
  }
  return losses;
};

/** Why a port cannot be listened on, for people. */
export const whyNot = (error: NodeJS.ErrnoException, host: string, port: number): string => {
  switch (error.code) {
    case 'EADDRINUSE':
      return portTaken(port);
    case 'EACCES':
      return `port ${port} may not be used without more rights; choose one from 1024 on`;
    case 'EADDRNOTAVAIL':
      return `this machine has no address ${host}`;
    default:
      return `port ${port} cannot be listened on: ${error.message}`;
  }
};
