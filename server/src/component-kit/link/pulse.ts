/** After so many times what the far side has promised it is taken for gone. */
const patience = 2.5;

/** When either side of a line spoke last. Times are in milliseconds and never jump. */
export class Pulse {
  private heardAt: number;
  private spokeAt: number;
  /** How often the far side has promised to say something. */
  promisedMs: number;

  constructor(
    private readonly ownMs: number,
    now: number,
    /** How long the far side may take for its first word. */
    greetingMs = 10_000,
  ) {
    this.heardAt = this.spokeAt = now;
    this.promisedMs = greetingMs / patience;
  }

  heard(now: number): void {
    this.heardAt = now;
  }

  spoke(now: number): void {
    this.spokeAt = now;
  }

  /** Whether something has to be said, to be taken for alive. */
  isDue(now: number): boolean {
    return now - this.spokeAt >= this.ownMs;
  }

  /** Whether the far side has said nothing for longer than it may. */
  isSilent(now: number): boolean {
    return now - this.heardAt > this.promisedMs * patience;
  }
}
