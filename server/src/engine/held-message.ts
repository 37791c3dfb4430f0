import { decodeMessages, encodeMessages } from './block.ts';
import { messageOverhead } from './limits.ts';
import type { Message } from './message.ts';

/**
 * A message as a value of a kept map, for a component that holds it back: it becomes the line of a block when it goes to disk, and not
 * before, so that one which is soon let go costs nothing.
 */
export class HeldMessage {
  constructor(readonly message: Message) {}

  /** About how many bytes it takes. */
  get size(): number {
    return this.message.size + messageOverhead;
  }

  /** As it is kept; `heldIn` reads it. */
  toJSON(): string {
    return encodeMessages([this.message]).toString();
  }
}

/** A held message as it is in a kept map: as it was put there, or as the text that it was kept as before a restart. */
export const heldIn = (value: HeldMessage | string): HeldMessage =>
  typeof value === 'string' ? new HeldMessage(decodeMessages(Buffer.from(value), 1)[0]!) : value;
