import type { Harvest } from '../../../component-kit/formats/harvest.ts';
import { InvalidMessage } from '../../../engine/fault.ts';
import { limits, messageOverhead } from '../../../engine/limits.ts';
import type { Message } from '../../../engine/message.ts';

/** So much of one message may be no record before all of it is refused: then it is something else. */
const mostRefused = 100;

/** What becomes of one message: others, and what is none, with its place. */
export class Gathered implements Harvest {
  readonly messages: Message[] = [];
  readonly refused: { readonly sentence: string; readonly raw: string }[] = [];
  private taken = 0;

  constructor(
    private readonly message: Message,
    /** The payload with a record in it, and what stands beside it, in bytes. */
    private readonly put: (payload: unknown, record: unknown) => unknown,
    private readonly beside: number,
  ) {}

  record(record: unknown, size: number): void {
    const { message } = this;
    const whole = size + this.beside;
    this.taken += whole + messageOverhead;
    if (this.taken > limits.parsed)
      throw new InvalidMessage(
        `its ${this.messages.length} records and more would take more than ${limits.parsed / 1024 ** 2} MB: send fewer at once`,
      );
    this.messages.push(message.with(this.put(message.payload, record), whole - message.size));
  }

  refuse(sentence: string, raw: string): void {
    this.refused.push({ sentence, raw });
    if (this.refused.length > mostRefused)
      throw new InvalidMessage(
        `more than ${mostRefused} parts of it are none; the first: ${this.refused[0]!.sentence}`,
      );
  }
}
