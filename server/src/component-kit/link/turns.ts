/** Who may send where several have something to send on one line: whoever has the lowest rank. */
export class Turns {
  /** How many wait, by rank. */
  private readonly waiting = new Map<number, number>();

  /** Somebody of this rank has something to send; call what is returned when it is sent. */
  enter(rank: number): () => void {
    this.add(rank, 1);
    return () => this.add(rank, -1);
  }

  /** Whether nobody of a lower rank has anything to send. */
  isNext(rank: number): boolean {
    return [...this.waiting].every(([other, count]) => other >= rank || count === 0);
  }

  private add(rank: number, count: number): void {
    this.waiting.set(rank, (this.waiting.get(rank) ?? 0) + count);
  }
}
