import type { IConnectPacket } from 'mqtt-packet';
import { backOff } from '../../engine/back-off.ts';
import type { Io } from '../../engine/component.ts';
import { hideInAddresses } from '../../engine/without-secrets.ts';
import { whoIs } from '../link/who.ts';
import { readTlsFiles } from '../network/tls-files.ts';
import { takenOver, unsupportedVersion } from './answers.ts';
import {
  type BrokerLine,
  type LineEnd,
  type LineOptions,
  type LineUser,
  openLine,
  type Version,
} from './broker-line.ts';
import { loginIn } from './place.ts';
import type { BrokerSettings } from './settings.ts';

export interface KeptBroker {
  /** The line that is up. */
  readonly line: BrokerLine | undefined;
  readonly facts: Readonly<Record<string, unknown>>;
  /** Says good-bye, and whether the last will is to be published, and connects no more. */
  close(more?: { readonly withWill?: boolean }): Promise<void>;
}

const firstWaitMs = 250;
/** A line counts as good, so that the waits begin anew, when it has been up for so long, in milliseconds. */
const servedMs = 10_000;
/** Where another client takes the session again and again, it is fought for less and less: so long at most, in milliseconds. */
const longestTruceMs = 600_000;
/** So many lines that were closed soon without a word look like another client with the same id: 3.1.1 has no word for it. */
const suspicious = 3;
/** As that is no more than likely, it is fought for again after so long, in milliseconds. */
const longestDoubtMs = 60_000;

/** What a broker knows this component by. */
export const clientIdOf = (settings: Pick<BrokerSettings, 'client_id'>, io: Parameters<typeof whoIs>[0]): string =>
  settings.client_id === '' ? whoIs(io).name : settings.client_id;

/** All that a CONNECT holds beside who connects is up to the component, which is asked for each line. */
export const keepLine = (options: {
  readonly settings: BrokerSettings;
  readonly io: Pick<Io, 'flow' | 'component' | 'instance' | 'random' | 'report'>;
  readonly mostBytes: number;
  readonly connect: (version: Version) => Omit<IConnectPacket, 'cmd' | 'clientId' | 'username' | 'password'>;
  /** `down` is called for lines that were up. */
  readonly user: LineUser;
}): KeptBroker => {
  const { settings, io, mostBytes, user } = options;
  const shown = hideInAddresses(settings.url);
  const clientId = clientIdOf(settings, io);
  const fixed = { url: settings.url, tls: readTlsFiles(settings), mostBytes, clientId, settings };
  let version: Version = settings.protocol === '3.1.1' ? 4 : 5;
  let [tries, contests, quickEnds, connections] = [0, 0, 0, 0];
  let isClosed = false;
  let again: NodeJS.Timeout | undefined;
  let opening: { readonly cut: (sentence: string) => void } | undefined;
  let line: BrokerLine | undefined;
  let upAt: number | undefined;

  const waitAfter = (end: LineEnd): { readonly waitMs: number; readonly sentence: string } => {
    const upMs = upAt === undefined ? 0 : performance.now() - upAt;
    if (upMs >= servedMs) tries = 0;
    if (upMs >= longestTruceMs) contests = 0;
    tries += 1;
    // what breaks by itself, as bad networks do, says nothing either way
    if (upAt === undefined || upMs >= servedMs || end.code !== undefined) quickEnds = 0;
    else if (end.by === 'broker') quickEnds += 1;
    const isTold = end.code === takenOver;
    const ownMs = backOff(tries, io.random(), settings.longest_wait, firstWaitMs);
    if (!isTold && (quickEnds < suspicious || end.by !== 'broker')) return { waitMs: ownMs, sentence: end.sentence };
    contests += 1;
    const advice = `give each its own "client_id"; this one is "${clientId}"`;
    return {
      waitMs: backOff(contests, io.random(), isTold ? longestTruceMs : longestDoubtMs, settings.longest_wait),
      sentence: isTold
        ? `${end.sentence}: ${advice}`
        : `${end.sentence}; is another client there with the same id? Then ${advice}`,
    };
  };

  const down = (end: LineEnd): void => {
    const wasUp = line !== undefined;
    line = undefined;
    if (wasUp) user.down(end);
    if (isClosed) return;
    if (settings.protocol === 'newest' && version === 5 && unsupportedVersion.has(end.code ?? -1)) {
      version = 4;
      return connect();
    }
    const { waitMs, sentence } = waitAfter(end);
    // old brokers hang up without a word on who greets them in 5
    if (settings.protocol === 'newest' && connections === 0 && end.code === undefined) version = version === 5 ? 4 : 5;
    upAt = undefined;
    io.report('waiting', `${shown}: ${sentence}; tried again in ${Math.ceil(waitMs / 1000)} s`);
    again = setTimeout(connect, waitMs);
  };

  const connect = (): void => {
    upAt = undefined;
    opening = openLine(lineOptions({ ...fixed, version, connect: options.connect(version) }), {
      ...user,
      up(opened, greeting) {
        if (isClosed) return void opened.end();
        line = opened;
        upAt = performance.now();
        connections += 1;
        user.up(opened, greeting);
      },
      down,
    });
  };
  io.report('waiting', `waiting for ${shown}`);
  connect();

  return {
    get line() {
      return line;
    },
    get facts() {
      return {
        connected: line !== undefined,
        connections,
        client_id: clientId,
        ...(line && { protocol: line.version === 5 ? '5' : '3.1.1' }),
        ...(contests > 0 && { taken_over: contests }),
      };
    },
    async close(more) {
      isClosed = true;
      clearTimeout(again);
      if (line) await line.end(more);
      else opening?.cut('the flow is stopped');
    },
  };
};

/** A line as these settings want it. */
export const lineOptions = (given: {
  readonly url: string;
  readonly tls: LineOptions['tls'];
  readonly mostBytes: number;
  readonly clientId: string;
  readonly version: Version;
  readonly settings: BrokerSettings;
  readonly connect: Omit<IConnectPacket, 'cmd' | 'clientId' | 'username' | 'password'>;
}): LineOptions => {
  const { url, tls, mostBytes, clientId, version, settings, connect } = given;
  const named = loginIn(url);
  const username = settings.username || named.username;
  const password = settings.password || named.password;
  return {
    ...{ url, tls, version, mostBytes },
    keepAliveMs: settings.keep_alive,
    timeoutMs: settings.timeout,
    connect: {
      clientId,
      // a password may stand alone in 5 only, and an empty user before it harms nobody
      ...((username !== '' || password !== '') && { username }),
      ...(password !== '' && { password: Buffer.from(password) }),
      ...connect,
    },
  };
};
