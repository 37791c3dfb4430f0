import { backOff } from '../../engine/back-off.ts';
import type { Io } from '../../engine/component.ts';
import { whoIs } from '../link/who.ts';
import { readTlsFiles } from '../network/tls-files.ts';
import { type LineEnd, type LineUser, type NatsLine, openLine } from './nats-line.ts';
import { placesOf } from './place.ts';
import type { NatsSettings } from './settings.ts';

export interface KeptNats {
  /** The line that is up. */
  readonly line: NatsLine | undefined;
  /** The server of that line, or the one that is tried, for people. */
  readonly shown: string;
  readonly facts: Readonly<Record<string, unknown>>;
  /** Ends the line in order, and connects no more. */
  close(): Promise<void>;
}

const firstWaitMs = 250;
/** A line counts as good, so that the waits begin anew, when it has been up for so long, in milliseconds. */
const servedMs = 10_000;

/** Keeps a line to one of the servers that the settings name, tried in turn for ever. `down` is called for lines that were up. */
export const keepLine = (options: {
  readonly settings: NatsSettings;
  readonly io: Pick<Io, 'flow' | 'component' | 'instance' | 'random' | 'report'>;
  readonly mostBytes: number;
  readonly user: LineUser;
}): KeptNats => {
  const { settings, io, mostBytes, user } = options;
  const places = placesOf(settings.url);
  const fixed = { tls: readTlsFiles(settings), settings, mostBytes, name: whoIs(io).name };
  let [at, tries, connections] = [0, 0, 0];
  let isClosed = false;
  let again: NodeJS.Timeout | undefined;
  let opening: { cut(sentence: string): void } | undefined;
  let line: NatsLine | undefined;
  let upAt: number | undefined;
  const place = () => places[at % places.length]!;

  const down = (end: LineEnd): void => {
    const wasUp = line !== undefined;
    line = undefined;
    if (wasUp) user.down(end);
    if (isClosed) return;
    if (upAt !== undefined && performance.now() - upAt >= servedMs) tries = 0;
    tries += 1;
    const { shown } = place();
    at += 1;
    const round = Math.ceil(tries / places.length);
    const waitMs = backOff(round, io.random(), settings.longest_wait, firstWaitMs);
    io.report('waiting', `${shown}: ${end.sentence}; tried again in ${Math.ceil(waitMs / 1000)} s`);
    again = setTimeout(connect, waitMs);
  };

  const connect = (): void => {
    upAt = undefined;
    opening = openLine(
      { ...fixed, place: place() },
      {
        ...user,
        up(opened) {
          if (isClosed) return void opened.end();
          line = opened;
          upAt = performance.now();
          connections += 1;
          user.up(opened);
        },
        down,
      },
    );
  };
  io.report('waiting', `waiting for ${place().shown}`);
  connect();

  return {
    get line() {
      return line;
    },
    get shown() {
      return place().shown;
    },
    get facts() {
      return { connected: line !== undefined, connections, ...(line && { server: line.info.version }) };
    },
    async close() {
      isClosed = true;
      clearTimeout(again);
      if (line) await line.end();
      else opening?.cut('the flow is stopped');
    },
  };
};
