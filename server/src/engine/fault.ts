/** What a component throws is one of these; anything else counts as `InvalidMessage` in a processor and as `FatalFault` elsewhere. */

/** This message can never work; the next one may. */
export class InvalidMessage extends Error {
  override readonly name = 'InvalidMessage';
}

/** It did not work now and may work later: the engine tries again and holds the rest back. */
export class TransientFault extends Error {
  override readonly name = 'TransientFault';
}

/** The component cannot go on. The message is a sentence that a person understands. */
export class FatalFault extends Error {
  override readonly name = 'FatalFault';
}

/** The message of anything that was thrown. */
export const sentenceOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
