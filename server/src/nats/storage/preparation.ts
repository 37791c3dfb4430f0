import type { StoredData } from './stored-data.ts';

/** What is kept in NATS is not for this version; the message says what to do. */
export class Unusable extends Error {
  override readonly name = 'Unusable';
}

/** What must be done with the stored data before anybody uses it. */
export abstract class Preparation {
  /**
   * Resolves with whether something was kept before. Rejects with Unusable where it never can be used; with anything else
   * it is tried again.
   */
  abstract prepare(data: StoredData): Promise<boolean>;
}
