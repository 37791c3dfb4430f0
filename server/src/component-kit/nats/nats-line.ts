import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import packageJson from '../../../package.json' with { type: 'json' };
import { sentenceOf } from '../../engine/fault.ts';
import { dialProblem } from '../network/dial-problem.ts';
import { loginFor } from './login.ts';
import { openSocket, type ServerInfo } from './open-socket.ts';
import type { NatsPlace } from './place.ts';
import { type LongMessage, type NatsMessage, ProtocolReader } from './protocol-reader.ts';
import { refusalIn, type Violation, violationIn } from './refusals.ts';
import type { NatsSettings } from './settings.ts';

/** A line to a server of NATS that has let us in. */
export interface NatsLine {
  readonly info: ServerInfo;
  /** Beginning of the subjects that are answered to, with a dot at its end; everything below comes as a message of `inbox`. */
  readonly inbox: string;
  /** Sends bytes; false where they wait, so that more should wait for `drained`. */
  send(bytes: string | Buffer): boolean;
  drained(then: () => void): void;
  /** Resolves when the server has read all that was sent before; rejects where the line ends before. */
  flush(): Promise<void>;
  /** Asks by a subject; resolves with the answer. Rejects where none comes in time, or the line ends. */
  ask(subject: string, body: string): Promise<NatsMessage>;
  /** Hangs up; why, for people. */
  cut(sentence: string): void;
  /** Hangs up when all is sent, or soon. */
  end(): Promise<void>;
}

export interface LineEnd {
  readonly by: 'us' | 'server';
  readonly sentence: string;
}

export interface LineUser {
  up(line: NatsLine): void;
  message(message: NatsMessage): void;
  tooLong(message: LongMessage): void;
  /** The server goes on, and refuses one thing. */
  violation(violation: Violation): void;
  /** The line is gone; also where it never was up. */
  down(end: LineEnd): void;
}

/** The subscription for answers. */
const inboxSid = 1;
/** How long bytes may take to be on their way when a line is ended in order, in milliseconds. */
const farewellMs = 1000;

/** The line could not be asked, or does not answer. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** Opens a line. `cut` ends it at any time, also before it is up; `down` is called once. */
export const openLine = (
  to: {
    readonly place: NatsPlace;
    readonly tls: ConnectionOptions;
    readonly settings: NatsSettings;
    readonly name: string;
    readonly mostBytes: number;
  },
  user: LineUser,
): { cut(sentence: string): void } => {
  const { place, tls, settings, name, mostBytes } = to;
  const opening = new AbortController();
  const inbox = `${settings.inbox_prefix}.${randomBytes(9).toString('base64url')}.`;
  const flushes: { resolve(): void; reject(reason: Error): void; readonly at: number }[] = [];
  const asked = new Map<string, { resolve(message: NatsMessage): void; reject(reason: Error): void }>();
  let socket: Socket | undefined;
  let end: LineEnd | undefined;
  let [questions, heardAt] = [0, performance.now()];
  let watch: NodeJS.Timeout | undefined;

  const finish = (by: LineEnd['by'], sentence: string): void => {
    if (end) return;
    end = { by, sentence };
    opening.abort(new Error(sentence));
    clearInterval(watch);
    socket?.destroy();
    const reason = new NoAnswer(sentence);
    for (const { reject } of [...flushes.splice(0), ...asked.values()]) reject(reason);
    asked.clear();
    user.down(end);
  };
  const cut = (sentence: string): void => finish('us', sentence);
  const send = (bytes: string | Buffer): boolean => end === undefined && socket!.writable && socket!.write(bytes);

  const flush = async (): Promise<void> =>
    new Promise((resolve, reject) => {
      if (end) return reject(new NoAnswer(end.sentence));
      flushes.push({ resolve, reject, at: performance.now() });
      send('PING\r\n');
    });
  const ask = async (subject: string, body: string): Promise<NatsMessage> =>
    new Promise((resolve, reject) => {
      if (end) return reject(new NoAnswer(end.sentence));
      const reply = `${inbox}q${(questions += 1)}`;
      const late = setTimeout(() => {
        asked.delete(reply);
        reject(new NoAnswer(`it does not answer to "${subject}"`));
      }, settings.timeout);
      const settle = (act: () => void): void => {
        clearTimeout(late);
        asked.delete(reply);
        act();
      };
      asked.set(reply, {
        resolve: (message) => settle(() => resolve(message)),
        reject: (reason) => settle(() => reject(reason)),
      });
      send(`PUB ${subject} ${reply} ${Buffer.byteLength(body)}\r\n${body}\r\n`);
    });
  /** A silent server is asked, and given up where it leaves that open. */
  const look = (): void => {
    const now = performance.now();
    const open = flushes[0];
    if (open && now - open.at > settings.timeout) cut('it does not answer');
    else if (!open && now - heardAt > settings.keep_alive) flush().catch(() => undefined);
  };

  const reader = new ProtocolReader(mostBytes, {
    info: () => undefined,
    ping: () => void send('PONG\r\n'),
    pong: () => flushes.shift()?.resolve(),
    message(message) {
      const question = message.sid === inboxSid ? asked.get(message.subject) : undefined;
      if (question) question.resolve(message);
      else user.message(message);
    },
    tooLong(message) {
      const question = message.sid === inboxSid ? asked.get(message.subject) : undefined;
      if (question) question.reject(new NoAnswer(`its answer has ${message.bytes} bytes, which is more than is taken`));
      else user.tooLong(message);
    },
    error(text) {
      const violation = violationIn(text);
      if (violation) user.violation(violation);
      // the server hangs up by itself behind all others but this
      else if (!/^invalid (publish )?subject/i.test(text)) finish('server', refusalIn(text));
    },
  });
  const listen = (opened: Socket): void => {
    opened.on('data', (chunk: Buffer) => {
      heardAt = performance.now();
      try {
        reader.take(chunk);
      } catch (thrown) {
        cut(sentenceOf(thrown));
      }
    });
    opened.on('error', (error) => finish('server', dialProblem(error)));
    opened.once('close', () => finish('server', 'it ended the line'));
    opened.resume();
  };

  const greet = async (): Promise<void> => {
    const { socket: opened, info } = await openSocket({
      place,
      tls,
      withinMs: settings.timeout,
      signal: opening.signal,
    });
    socket = opened;
    if (end) return void opened.destroy();
    listen(opened);
    const login = loginFor(settings, place, info.nonce);
    const said = {
      ...{ verbose: false, pedantic: false, protocol: 1, headers: true, no_responders: true, echo: true },
      ...{ lang: 'semstreams', version: packageJson.version, name, ...login },
    };
    watch = setInterval(look, Math.max(50, Math.min(settings.keep_alive, settings.timeout) / 4));
    send(`CONNECT ${JSON.stringify(said)}\r\nSUB ${inbox}* ${inboxSid}\r\n`);
    await flush();
    if (end) return;
    user.up({
      ...{ info, inbox, send, flush, ask, cut },
      drained: (then) => void (opened.writableNeedDrain ? opened.once('drain', then) : setImmediate(then)),
      end: async () =>
        new Promise((resolve) => {
          if (end) return resolve();
          const late = setTimeout(() => opened.destroy(), farewellMs);
          opened.once('close', () => {
            clearTimeout(late);
            finish('us', 'the flow is stopped');
            resolve();
          });
          opened.end();
        }),
    });
  };
  greet().catch((thrown: unknown) => finish('server', sentenceOf(thrown)));
  return { cut };
};
