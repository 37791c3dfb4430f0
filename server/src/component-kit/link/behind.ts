/** How far somebody is behind. */
export interface Behind {
  /** How long ago the oldest message came in that it has not got, in milliseconds. */
  readonly behindMs: number;
  /** How long it takes at its present pace until nothing waits; undefined where it comes no nearer, or that is not known yet. */
  readonly backInMs: number | undefined;
}

/** One that is less behind than this is not spoken of, in milliseconds. */
export const worthSayingMs = 60_000;

/** How far it is behind and when it will be back, for people: "3 h 12 min behind, back in about 4 min". */
export const inWords = ({ behindMs, backInMs }: Behind): string =>
  behindMs < worthSayingMs ? 'up to date' : `${exactly(behindMs)} behind, ${whenBack(backInMs)}`;

export const whenBack = (backInMs: number | undefined): string =>
  backInMs === undefined ? 'and comes no nearer' : `back in ${about(backInMs)}`;

const about = (ms: number): string => (ms < 60_000 ? 'less than a minute' : `about ${exactly(ms)}`);

/** A span of a minute or more in its two largest units: "3 h 12 min". */
export const exactly = (ms: number): string => {
  const minutes = Math.round(ms / 60_000);
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  const parts = [
    [days, 'd'],
    [hours, 'h'],
    [rest, 'min'],
  ] as const;
  const from = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(from, from + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
};

const units = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
] as const;

/** A span in its largest unit. */
export const roughly = (ms: number): string => {
  const unit = units.find(([size]) => ms >= size);
  return unit ? `${Math.round(ms / unit[0])} ${unit[1]}` : `${Math.ceil(ms / 1000)} s`;
};
