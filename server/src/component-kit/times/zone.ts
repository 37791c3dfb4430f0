/** Offsets are looked up for a quarter of an hour at once: no clock is changed within one. */
const stepMs = 15 * 60_000;
const mostKnown = 4096;
const dayMs = 86_400_000;

/** The clock of a place. */
export interface Zone {
  /** The instants at which its clock shows a time, given as if it were in Greenwich: one, or none or two where it is changed. */
  instants(wallMs: number): readonly number[];
  /** The first of them; where the clock was set forward over that time, as if it had not been. */
  instant(wallMs: number): number;
  /** What its clock shows at an instant, as if it were in Greenwich. */
  wallMs(ms: number): number;
}

/** Minutes ahead of Greenwich of a zone that is named by an offset. */
const fixedOf = (name: string): number | undefined => {
  if (name === 'UTC' || name === 'Z') return 0;
  const found = /^([-+])([01]\d|2[0-3]):?([0-5]\d)$/.exec(name);
  return found ? (Number(found[2]) * 60 + Number(found[3])) * (found[1] === '-' ? -1 : 1) : undefined;
};

/** Whether there is a zone of that name. */
export const isZone = (name: string): boolean => {
  if (fixedOf(name) !== undefined) return true;
  try {
    return Boolean(new Intl.DateTimeFormat('en-US', { timeZone: name }));
  } catch {
    return false;
  }
};

/** A zone by its name of the IANA database, such as `Europe/Berlin`, or by an offset such as `+05:30`. */
export const zoneOf = (name: string): Zone => {
  const fixed = fixedOf(name);
  if (fixed !== undefined) {
    const aheadMs = fixed * 60_000;
    return {
      instants: (wallMs) => [wallMs - aheadMs],
      instant: (wallMs) => wallMs - aheadMs,
      wallMs: (ms) => ms + aheadMs,
    };
  }
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const known = new Map<number, number>();
  const lookUp = (ms: number): number => {
    const found: Record<string, number> = {};
    for (const { type, value } of parts.formatToParts(ms)) found[type] = Number(value);
    const { year, month, day, hour, minute, second } = found as Record<string, number>;
    return Date.UTC(year!, month! - 1, day!, hour!, minute!, second!) - ms;
  };
  const offsetAt = (ms: number): number => {
    const step = Math.floor(ms / stepMs);
    let offset = known.get(step);
    if (offset === undefined) {
      if (known.size >= mostKnown) known.clear();
      known.set(step, (offset = lookUp(step * stepMs)));
    }
    return offset;
  };
  const instants = (wallMs: number): number[] => {
    const offsets = new Set([offsetAt(wallMs - dayMs), offsetAt(wallMs + dayMs)]);
    return [...offsets]
      .map((offset) => wallMs - offset)
      .filter((ms) => offsetAt(ms) === wallMs - ms)
      .sort((a, b) => a - b);
  };
  return {
    instants,
    instant: (wallMs) => instants(wallMs)[0] ?? wallMs - offsetAt(wallMs - dayMs),
    wallMs: (ms) => ms + offsetAt(ms),
  };
};
