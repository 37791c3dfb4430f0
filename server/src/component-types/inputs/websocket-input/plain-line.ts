import { WebSocket } from 'ws';
import type { Line, LineEnd } from '../../../component-kit/link/line.ts';

/** Close code of RFC 6455, section 7.4.1. */
const tooLarge = 1009;
/** How a ping of `websocket_output` begins that asks whether what came before it is safe. */
const question = 'block ';
/** So many answers may wait, and so many bytes of them, for a far side that asks and does not read; then it gets none. */
const mostQuestions = 256;
const mostAnswers = 64 * 1024;

export interface PlainLineOptions {
  /** A line that carries nothing for so long is asked, and given up when it does not answer either; in milliseconds, 0 is never. */
  readonly silenceMs: number;
  /** A larger frame ends the line, in bytes. */
  readonly largestFrame: number;
  /** Takes a frame; what it returns is waited for before more is read. */
  readonly onFrame: (data: Buffer) => Promise<void> | undefined;
  /** Calls back when all that was taken up to now is safe. */
  readonly whenSafe: (done: () => void) => void;
  /** It is given up, and why. */
  readonly onEnd: (end: LineEnd) => void;
}

/** Takes frames from a far side that speaks nothing but WebSocket. */
export const takePlainLine = ({ client }: Line, options: PlainLineOptions): void => {
  let isPaused = false;
  let isAsked = false;
  let questions = 0;
  const listen = (): void => {
    isAsked = false;
  };
  const look = (): void => {
    if (isPaused || client.readyState !== WebSocket.OPEN) return;
    if (isAsked) {
      options.onEnd({ code: 1006, sentence: 'nothing was heard any more' });
      client.terminate();
    } else {
      isAsked = true;
      client.ping();
    }
  };
  const watch = options.silenceMs > 0 ? setInterval(look, options.silenceMs) : undefined;
  const answer = (data: Buffer): void => {
    if (client.readyState === WebSocket.OPEN && client.bufferedAmount < mostAnswers) client.pong(data);
  };

  client.on('message', (data: Buffer) => {
    listen();
    if (data.length > options.largestFrame) {
      options.onEnd({ code: tooLarge, sentence: 'a message was larger than "max_message" allows' });
      return client.close(tooLarge, 'the message is too large');
    }
    const wait = options.onFrame(data);
    if (!wait || isPaused) return;
    isPaused = true;
    client.pause();
    void wait.then(() => {
      isPaused = false;
      client.resume();
    });
  });
  client.on('ping', (data) => {
    listen();
    if (!data.toString('latin1').startsWith(question)) return answer(data);
    if (questions >= mostQuestions) return;
    questions += 1;
    options.whenSafe(() => {
      questions -= 1;
      answer(data);
    });
  });
  client.on('pong', listen);
  client.on('close', () => clearInterval(watch));
};
