import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { closes, LinkClosed } from './closes.ts';
import { type Control, decodeControl, encodeControl } from './frames.ts';
import { closeReason, reasonOf } from './reasons.ts';

/** A WebSocket that is open, with the connection that it lies on. */
export interface Line {
  readonly client: WebSocket;
  readonly socket: Socket;
}

/** What one side does with a line. Whatever it throws closes the line. */
export interface Side {
  control(control: Control): void;
  block(frame: Buffer): void;
  /** Whether a beat is due; throws a LinkClosed where the far side is silent. */
  isBeatDue(): boolean;
  beat(): Control;
  /** Something has come of which no frame is whole yet. */
  isAlive(): void;
  ended(end: LineEnd): void;
}

/** Why a line is gone: a code of WebSocket or of links, and words for people. */
export interface LineEnd {
  readonly code: number;
  readonly sentence: string;
}

/** A line on which a link is spoken. */
export interface LinkLine {
  say(control: Control): void;
  sendBlock(frame: Buffer): void;
  close(code: number, reason: string): void;
}

/** How often it is looked whether a beat is due. */
const lookMs = 500;
/** How long the far side may take to close, in milliseconds. */
const goodbyeMs = 1000;
/** Longest reason of RFC 6455 in bytes, section 5.5.1. */
const longestReason = 123;

/** Speaks a link on a line: gives each frame to its side, and closes in order whatever goes wrong. */
export const speakLink = ({ client, socket }: Line, side: Side): LinkLine => {
  let isClosing = false;
  let readBytes = socket.bytesRead;
  let own: LineEnd | undefined;

  const close = (code: number, reason: string): void => {
    if (isClosing) return;
    isClosing = true;
    own = { code, sentence: reason };
    client.close(code, Buffer.from(reason).subarray(0, longestReason).toString());
    const force = setTimeout(() => client.terminate(), goodbyeMs);
    client.once('close', () => clearTimeout(force));
  };
  const say = (control: Control): void => {
    if (!isClosing) client.send(encodeControl(control));
  };
  const orClose = (work: () => void): void => {
    if (isClosing) return;
    try {
      work();
    } catch (thrown) {
      if (!(thrown instanceof LinkClosed)) throw thrown;
      close(thrown.code, thrown.message);
    }
  };
  const look = (): void =>
    orClose(() => {
      if (socket.bytesRead > readBytes) side.isAlive();
      readBytes = socket.bytesRead;
      if (side.isBeatDue()) say(side.beat());
    });
  const looking = setInterval(look, lookMs);

  client.on('message', (data: Buffer, isBinary: boolean) =>
    orClose(() => (isBinary ? side.block(data) : side.control(decodeControl(data.toString())))),
  );
  client.on('ping', (data) => client.pong(data));
  client.on('error', (error: NodeJS.ErrnoException) => {
    own ??= { code: closes.badFrame, sentence: reasonOf(error) };
    client.terminate();
  });
  client.on('close', (code, reason) => {
    isClosing = true;
    clearInterval(looking);
    side.ended(own ?? { code, sentence: closeReason(code, reason.toString()) });
  });
  return { say, sendBlock: (frame) => client.send(frame), close };
};
