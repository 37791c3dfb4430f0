const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** A fineness in which history is kept. */
export interface Tier {
  /** Folder of its files. */
  readonly name: string;
  /** Each value stands for so long, and is kept for so long, in milliseconds. */
  readonly cellMs: number;
  readonly keptMs: number;
  /** Its part of the disk that history may use, from 0 to 1. */
  readonly share: number;
  /** What is new goes to disk after so many cells. */
  readonly cellsToDisk: number;
}

/** From the finest to the coarsest; each cell holds a whole number of those of the tier before it. */
export const tiers: readonly Tier[] = [
  { name: '10s', cellMs: 10 * secondMs, keptMs: dayMs, share: 0.25, cellsToDisk: 6 },
  { name: '1m', cellMs: minuteMs, keptMs: 30 * dayMs, share: 0.6, cellsToDisk: 10 },
  { name: '1h', cellMs: hourMs, keptMs: 366 * dayMs, share: 0.15, cellsToDisk: 1 },
];

/** How many cells a file holds. A cell of one tier never lies in two files of the tier below. */
export const cellsOfFile = 360;

/** Under this name, which no flow has, stands what the server does as a whole. */
export const ofServer = '';
