import { WebSocket } from 'ws';

/** How long a connection may take to come about, in milliseconds. */
const handshakeMs = 10_000;
const firstWaitMs = 250;
const longestWaitMs = 10_000;

export interface LineOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxPayload: number;
  /** A line that carries nothing for so long is asked, and given up when it does not answer either; in milliseconds. */
  readonly silenceMs: number;
  readonly random: () => number;
  /** Takes a frame; what it returns is waited for before more is read. */
  readonly onFrame: (data: Buffer) => Promise<void> | undefined;
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
    });
    present = socket;
    let reason = 'the line was closed';
    let isPaused = false;
    let isAsked = false;
    const listen = (): void => {
      isAsked = false;
    };
    const watch = setInterval(() => {
      if (isPaused || socket.readyState !== WebSocket.OPEN) return;
      if (isAsked) {
        reason = 'nothing was heard any more';
        socket.terminate();
      } else {
        isAsked = true;
        socket.ping();
      }
    }, options.silenceMs);

    socket.on('open', () => {
      waits = 0;
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
    socket.on('ping', listen);
    socket.on('pong', listen);
    let answer: number | undefined;
    socket.on('unexpected-response', (_, response) => {
      answer = response.statusCode;
      socket.terminate();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      reason = answer === undefined ? reasonOf(error) : `the server answered ${answer}`;
    });
    socket.on('close', () => {
      clearInterval(watch);
      if (isClosed) return;
      waits += 1;
      const waitMs =
        Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(waits - 1, 10)) * (0.75 + options.random() / 2);
      options.onDown(reason, waitMs);
      retry = setTimeout(connect, waitMs);
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

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name cannot be looked up now',
  ETIMEDOUT: 'there is no answer',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no network',
  ECONNRESET: 'the line was cut',
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 'a message was larger than "max_message" allows',
};

const reasonOf = (error: NodeJS.ErrnoException): string => reasons[error.code ?? ''] ?? error.message;
