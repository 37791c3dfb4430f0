import { type Happening, type HappeningKind, happeningKinds } from '@semstreams/contract';

/** Something that happened, in a chart. */
export interface Mark {
  readonly at: number;
  readonly tone: 'change' | 'bad' | 'start';
  readonly sentence: string;
}

const tones: Partial<Record<HappeningKind, Mark['tone']>> = {
  deployed: 'change',
  failed: 'bad',
  lane_ended: 'bad',
  nats_lost: 'bad',
  runs: 'start',
  server_started: 'start',
};

/** What is worth a line in a chart: deploys, faults, restarts. Of what happened several times the last one. */
export const marksOf = (happenings: readonly Happening[]): Mark[] =>
  happenings.flatMap(({ kind, time, sentence }) => {
    const tone = tones[kind];
    return tone ? [{ at: Date.parse(time), tone, sentence: `${happeningKinds[kind]}: ${sentence}` }] : [];
  });
