import { HttpProblem } from '../web/problems.ts';

/** So many may do something at the same time; whoever comes then is asked to come again. */
export class Places {
  private taken = 0;

  constructor(
    private readonly most: number,
    /** Such as "backups are being made". */
    private readonly what: string,
  ) {}

  /** Takes a place; the function that is returned gives it back, once. Throws a 503 problem where none is free. */
  take(): () => void {
    if (this.taken >= this.most) {
      const detail = `${this.most} ${this.what} already; try again in half a minute`;
      throw new HttpProblem(503, detail, undefined, { retryAfterSeconds: 30 });
    }
    this.taken += 1;
    let isTaken = true;
    return () => {
      if (isTaken) this.taken -= 1;
      isTaken = false;
    };
  }
}
