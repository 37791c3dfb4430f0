/** How fast what lies behind may be sent, in messages a second; without a bound as fast as it is taken. */
export class Pace {
  /** When what was sent so far is paid for, in milliseconds that never jump. */
  private paidAt = 0;

  constructor(private readonly mostPerSecond: number | undefined) {}

  /** How long the next block has to wait, in milliseconds. */
  waitMs(now: number): number {
    return this.mostPerSecond === undefined ? 0 : Math.max(0, this.paidAt - now);
  }

  sent(messages: number, now: number): void {
    if (this.mostPerSecond !== undefined)
      this.paidAt = Math.max(this.paidAt, now) + (messages * 1000) / this.mostPerSecond;
  }
}
