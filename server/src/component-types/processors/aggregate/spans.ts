import { zoneOf } from '../../../component-kit/times/zone.ts';

/** A window of time, in milliseconds since 1970; it holds its beginning and not its end. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const hourMs = 3_600_000;

/**
 * The windows that hold a time, the oldest first: of `size` milliseconds each, one beginning `every` so many. They begin at
 * multiples of that since 1970, by the clock of the zone: those of a day at midnight, longer or shorter than 24 hours where the
 * clock is changed. Those of up to an hour always have their length, so that an hour that comes twice is two.
 */
export const spansAt = (given: {
  readonly size: number;
  readonly every: number;
  readonly zone: string;
}): ((time: number) => readonly Span[]) => {
  const { size, every } = given;
  const zone = zoneOf(given.zone);
  const followsClock = every > hourMs;
  return (time) => {
    const wall = zone.wallMs(time);
    const ahead = wall - time;
    const instant = followsClock ? zone.instant : (wallMs: number): number => wallMs - ahead;
    const spans: Span[] = [];
    const oldest = (Math.floor((wall - size) / every) + 1) * every;
    for (let start = oldest; start <= wall; start += every)
      spans.push({ start: instant(start), end: instant(start + size) });
    return spans;
  };
};
