import { pieces, textFrames } from './frames.ts';

/** Messages that are the same for all receivers, as frames. */
export interface Piece {
  readonly frames: Buffer;
  readonly count: number;
}

/** Messages that are delivered together: by one receiver that has all of them. */
export interface Block {
  readonly pieces: readonly Piece[];
  /** How many receivers were asked whether they have read it. */
  questions: number;
  readonly done: () => void;
}

/** So much text at once is handed to a receiver or is missed by it. */
const pieceCharacters = 64 * 1024;
/** How long receivers may take over what was kept when the flow ends, in milliseconds. */
const lastAnswersMs = 500;

export const piecesOf = (texts: readonly string[]): Piece[] =>
  pieces(texts, pieceCharacters).map((piece) => ({ frames: textFrames(piece), count: piece.length }));

/** A block for these texts, and how to wait until it is done. */
export const deliveryOf = (
  texts: readonly string[],
): {
  readonly block: Block;
  readonly isDone: () => boolean;
  /** Resolves when it is done. Rejects when the signal is aborted: at once where `mayStillBe` says that there is nobody. */
  readonly whenDone: (signal: AbortSignal, mayStillBe: () => boolean) => Promise<void>;
} => {
  let isDone = false;
  let settle: (() => void) | undefined;
  const done = (): void => {
    isDone = true;
    settle?.();
  };
  const whenDone = async (signal: AbortSignal, mayStillBe: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const giveUp = (): void => reject(new DOMException('the flow is stopped', 'AbortError'));
      // what was sent a moment ago need not come again when its answer is on the way
      const end = (): void => void (mayStillBe() ? setTimeout(giveUp, lastAnswersMs) : giveUp());
      settle = () => {
        signal.removeEventListener('abort', end);
        resolve();
      };
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true });
    });
  return { block: { pieces: piecesOf(texts), questions: 0, done }, isDone: () => isDone, whenDone };
};
