/** More ask for a turn than may wait. */
export class TooManyWaiting extends Error {
  override readonly name = 'TooManyWaiting';
}

export interface TurnLimits {
  /** So many have their turn at the same time. */
  readonly atOnce: number;
  /** So many may wait, and so many of the same network. */
  readonly waiting: number;
  readonly waitingOfOne: number;
}

/**
 * Work of which only some can be done at a time. Whose turn is next goes round by network, so that one that asks often waits for
 * itself and holds up nobody else for longer than one piece of work.
 */
export class Turns {
  private running = 0;
  private waiting = 0;
  /** Who waits, by network; the network whose turn is next stands first. */
  private readonly queues = new Map<string, (() => void)[]>();

  constructor(private readonly limits: TurnLimits) {}

  /** Does the work when it is its turn. Rejects with TooManyWaiting where too many wait already. */
  async do<Result>(network: string, work: () => Promise<Result>): Promise<Result> {
    if (this.running >= this.limits.atOnce) await this.wait(network);
    else this.running += 1;
    try {
      return await work();
    } finally {
      this.next();
    }
  }

  private async wait(network: string): Promise<void> {
    const queue = this.queues.get(network) ?? [];
    const { waiting, waitingOfOne } = this.limits;
    if (this.waiting >= waiting || queue.length >= waitingOfOne)
      throw new TooManyWaiting('too many log in at the same time; try again shortly');
    this.queues.set(network, queue);
    this.waiting += 1;
    await new Promise<void>((resolve) => queue.push(resolve));
  }

  /** Hands a turn on to the next network, which goes to the end of the round. */
  private next(): void {
    const [first] = this.queues;
    if (!first) {
      this.running -= 1;
      return;
    }
    const [network, queue] = first;
    const begin = queue.shift()!;
    this.waiting -= 1;
    this.queues.delete(network);
    if (queue.length > 0) this.queues.set(network, queue);
    begin();
  }
}
