/** A time is believed that lies so near the last good one, before or after it, in microseconds: a day. */
const near = 86_400e6;
/** Times from 1970 on up to here are such as a calendar has, in microseconds: the year 2262. */
const latest = 9.2e15;
/** After so many times in a row that fit one another and not those before, the clock was set, or another recording follows. */
const mostStrange = 8;

/** Which times of a recording are to be believed. Stamps are in microseconds since 1970, what it gives in milliseconds. */
export class RecordTimes {
  private last: number | undefined;
  /** The time that stands where a record begins, before whatever stands between it and the frame. */
  private noted: number | undefined;
  private strange: number | undefined;
  private strangeOnes = 0;
  /** Records whose own time could not be believed. */
  lost = 0;

  /** `ahead` are the stamps before the first frames: the first time that is believed is one that those behind it bear out. */
  constructor(ahead: readonly number[] = []) {
    this.last = ahead.find((stamp, index) => isBorneOut(stamp, ahead.slice(index + 1, index + mostStrange)));
  }

  /** Here a record begins, with this stamp. */
  note(stamp: number): void {
    if (fits(stamp, this.last)) this.noted = stamp;
  }

  /** Time of the record whose frame stands behind this stamp, if there is one; undefined as long as none was believed. */
  next(stamp: number | undefined): number | undefined {
    const isGood = stamp !== undefined && (fits(stamp, this.last) || this.isSetAnew(stamp));
    if (!isGood) this.lost += 1;
    else this.strangeOnes = 0;
    const time = isGood ? stamp : (this.noted ?? this.last);
    this.last = time;
    this.noted = undefined;
    return time === undefined ? undefined : Math.floor(time / 1000);
  }

  private isSetAnew(stamp: number): boolean {
    this.strangeOnes = this.strange !== undefined && fits(stamp, this.strange) ? this.strangeOnes + 1 : 1;
    this.strange = stamp;
    return this.strangeOnes >= mostStrange && fits(stamp, undefined);
  }
}

/** Whether a calendar has this time, and it is near the other one, where there is one. */
export const fits = (stamp: number, other: number | undefined): boolean =>
  stamp > 0 && stamp < latest && (other === undefined || Math.abs(stamp - other) <= near);

/** Whether at least half of the times behind it that a calendar has are near it. */
const isBorneOut = (stamp: number, behind: readonly number[]): boolean => {
  const possible = behind.filter((other) => fits(other, undefined));
  return fits(stamp, undefined) && possible.filter((other) => fits(other, stamp)).length * 2 >= possible.length;
};
