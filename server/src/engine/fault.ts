/**
 * What a component throws is one of these. Anything else counts as `InvalidMessage` in a processor, and in an output as a
 * `TransientFault` of one message, with three tries. `at` is the index in the batch of the message that failed: those before it are done. Without `at`
 * nothing of the batch is done.
 */
export abstract class Fault extends Error {
  readonly at: number | undefined;

  constructor(sentence: string, options: ErrorOptions & { readonly at?: number } = {}) {
    super(sentence, options);
    this.at = options.at;
  }
}

/** This message can never work; the next one may. */
export class InvalidMessage extends Fault {
  override readonly name = 'InvalidMessage';
}

/**
 * It did not work now and may work later: the engine tries again and holds the rest back. With `tries` it is the message
 * that may be at fault: after so many attempts it counts as `InvalidMessage`. Without, it is the far side, and that may
 * stay away for as long as it likes.
 */
export class TransientFault extends Fault {
  override readonly name = 'TransientFault';
  readonly tries: number | undefined;
  /** How long to wait before the next attempt, in milliseconds, where the far side has said so (`Retry-After`). */
  readonly afterMs: number | undefined;

  constructor(
    sentence: string,
    options: ErrorOptions & { readonly at?: number; readonly tries?: number; readonly afterMs?: number } = {},
  ) {
    super(sentence, options);
    this.tries = options.tries;
    this.afterMs = options.afterMs;
  }
}

/**
 * Some messages of a batch did not work, each for a reason of its own, by their index in the batch; all others are done. For outputs
 * whose far side answers for each message.
 */
export class SomeFailed extends Fault {
  override readonly name = 'SomeFailed';

  constructor(readonly failed: ReadonlyMap<number, InvalidMessage | TransientFault>) {
    super(`${failed.size} messages of a batch did not work`);
  }
}

/** The component cannot go on. The message is a sentence that a person understands. */
export class FatalFault extends Fault {
  override readonly name = 'FatalFault';
}

/** The message of anything that was thrown, also of what cannot tell one. */
export const sentenceOf = (thrown: unknown): string => {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return 'something was thrown that says nothing of itself';
  }
};
