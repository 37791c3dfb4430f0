import { WebSocket } from 'ws';
import { reasonOf, refusalOf, type Refusal, closeReason } from './reasons.ts';

/** How long a connection may take to come about, in milliseconds. */
const handshakeMs = 10_000;
const firstWaitMs = 250;
const longestWaitMs = 10_000;
/** A line counts as good, so that the waits begin anew, when it has been up for so long, in milliseconds. */
const servedMs = 10_000;
/** How a ping of `websocket_output` begins that asks whether what came before it is safe. */
const question = 'block ';
/** So many answers may wait, and so many bytes of them, for a far side that asks and does not read; then it gets none. */
const mostQuestions = 256;
const mostAnswers = 64 * 1024;

export interface LineOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxPayload: number;
  /** A line that carries nothing for so long is asked, and given up when it does not answer either; in milliseconds, 0 is never. */
  readonly silenceMs: number;
  readonly random: () => number;
  /** Takes a frame; what it returns is waited for before more is read. */
  readonly onFrame: (data: Buffer) => Promise<void> | undefined;
  /** Calls back when all that was taken up to now is safe. */
  readonly whenSafe: (done: () => void) => void;
  readonly onUp: () => void;
  readonly onDown: (reason: string, againInMs: number) => void;
}

export interface Line {
  close(): Promise<void>;
}

/** Keeps a line to a WebSocket server: connects, and connects again for ever with growing, jittered waits. */
export const keepLine = (options: LineOptions): Line => {
  let isClosed = false;
  let waits = 0;
  let retry: NodeJS.Timeout | undefined;
  let present: WebSocket | undefined;

  const connect = (): void => {
    const socket = new WebSocket(options.url, {
      headers: options.headers,
      handshakeTimeout: handshakeMs,
      maxPayload: options.maxPayload,
      perMessageDeflate: false,
      autoPong: false,
    });
    present = socket;
    let problem: string | undefined;
    let refusal: Refusal | undefined;
    let upAt: number | undefined;
    let isPaused = false;
    let isAsked = false;
    let questions = 0;
    const listen = (): void => {
      isAsked = false;
    };
    const look = (): void => {
      if (isPaused || socket.readyState !== WebSocket.OPEN) return;
      if (isAsked) {
        problem = 'nothing was heard any more';
        socket.terminate();
      } else {
        isAsked = true;
        socket.ping();
      }
    };
    const watch = options.silenceMs > 0 ? setInterval(look, options.silenceMs) : undefined;
    const answer = (data: Buffer): void => {
      if (socket.readyState === WebSocket.OPEN && socket.bufferedAmount < mostAnswers) socket.pong(data);
    };

    socket.on('open', () => {
      upAt = performance.now();
      options.onUp();
    });
    socket.on('message', (data: Buffer) => {
      listen();
      const wait = options.onFrame(data);
      if (!wait || isPaused) return;
      isPaused = true;
      socket.pause();
      void wait.then(() => {
        isPaused = false;
        socket.resume();
      });
    });
    socket.on('ping', (data) => {
      listen();
      if (!data.toString('latin1').startsWith(question)) return answer(data);
      if (questions >= mostQuestions) return;
      questions += 1;
      options.whenSafe(() => {
        questions -= 1;
        answer(data);
      });
    });
    socket.on('pong', listen);
    socket.on('unexpected-response', (_, response) => {
      refusal = refusalOf(response, options.url, Date.now());
      socket.terminate();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => (problem ??= reasonOf(error)));
    socket.on('close', (code, reason) => {
      clearInterval(watch);
      if (isClosed) return;
      if (upAt !== undefined && performance.now() - upAt >= servedMs) waits = 0;
      waits += 1;
      const ownMs = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(waits - 1, 10));
      const againInMs = Math.max(ownMs * (0.75 + options.random() / 2), refusal?.waitMs ?? 0);
      options.onDown(refusal?.sentence ?? problem ?? closeReason(code, reason.toString()), againInMs);
      retry = setTimeout(connect, againInMs);
    });
  };
  connect();

  return {
    async close() {
      isClosed = true;
      clearTimeout(retry);
      const socket = present;
      if (!socket || socket.readyState === WebSocket.CLOSED) return;
      await new Promise<void>((resolve) => {
        const force = setTimeout(() => socket.terminate(), 1000);
        socket.once('close', () => {
          clearTimeout(force);
          resolve();
        });
        socket.resume();
        if (socket.readyState === WebSocket.CONNECTING) socket.terminate();
        else socket.close(1000);
      });
    },
  };
};
