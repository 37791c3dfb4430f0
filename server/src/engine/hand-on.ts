import type { ReadBlock } from './block-reader.ts';
import type { Deliver } from './deliver.ts';
import type { Batch, Message } from './message.ts';
import { hasTwins, type Origin, originOf } from './origins.ts';

/**
 * What a guaranteed connection hands on at this moment, which is still known when the lane has died of it: the block, or
 * one message of it (`index` from 0; -1 is the whole block), and how often the flow was stopped by it, this time included.
 */
export interface Hand {
  readonly sequence: number;
  readonly index: number;
  readonly stops: number;
}

/** How often a message may stop the flow before it is put aside. */
export const mostStops = 3;
export const emptyHand: Hand = { sequence: 0, index: 0, stops: 0 };
const wholeBlock = -1;

/** Where it is noted what is in hand, so that it is known after the lane has died of it. */
export interface HandNotes {
  read(): Hand;
  note(hand: Hand): void;
}

/** Notes that nobody reads after the end of this process. */
export const handInMemory = (): HandNotes => {
  let hand = emptyHand;
  return { read: () => hand, note: (next) => (hand = next) };
};

/**
 * Hands a block on. One that stopped the flow before comes again message by message, from the one that was in hand: so the
 * culprit is found, and given to `putAside` when it has stopped the flow often enough. What ends without a dead lane,
 * well or not, leaves no note.
 */
export const handOn = async (
  block: ReadBlock,
  {
    deliver,
    isNumbered,
    notes,
    putAside,
    name,
  }: {
    /** The connection as a source. */
    readonly name: string;
    readonly deliver: Deliver;
    /** Whether each message gets its number as its position. */
    readonly isNumbered: boolean;
    readonly notes: HandNotes;
    readonly putAside: (message: Message, stops: number) => void | Promise<void>;
  },
): Promise<void> => {
  const { sequence, run, total } = block;
  const messages = isNumbered ? numbered(block) : block.messages;
  const known = notes.read();
  const hasStopped = known.sequence === sequence && known.stops > 0;
  const originAt = (first: number, batch: Batch): Origin | undefined =>
    run === '' ? undefined : originOf(name, run, total, batch, first);
  try {
    if (!hasStopped) {
      notes.note({ sequence, index: wholeBlock, stops: 1 });
      return await deliver(messages, originAt(0, messages));
    }
    let stopsOfEach = known.index === wholeBlock ? known.stops : 0;
    let stops = known.stops;
    // rather twice than not at all, where results cannot be told apart
    const cannotTell = hasTwins(messages);
    for (let index = Math.max(0, known.index); index < messages.length; index += 1) {
      const message = messages[index]!;
      if (stops >= mostStops) {
        await putAside(message, stops);
        stopsOfEach = 0;
      } else {
        notes.note({ sequence, index, stops: stops + 1 });
        await deliver([message], cannotTell ? undefined : originAt(index, [message]));
        await nextTurn();
      }
      stops = stopsOfEach;
    }
  } finally {
    // the next block may be in hand already
    if (notes.read().sequence === sequence) notes.note(emptyHand);
  }
};

/** The messages with the places that they have had in their connection, within the run that has kept them. */
const numbered = ({ messages, run, total, count }: ReadBlock): Batch =>
  run === '' ? messages : messages.map((message, at) => message.at({ source: run, sequence: total - count + at + 1 }));

/** What a message leaves behind for the end of this turn belongs to it, too. */
const nextTurn = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
