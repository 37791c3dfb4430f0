import { formatDuration } from '@semstreams/contract';
import type { Io } from '../../../engine/component.ts';
import { type Heard, systemOf } from '../../../component-kit/mavlink/vehicles.ts';

/** One that was quiet for so long is not told of any more, in milliseconds: an hour. */
const goneAfterMs = 3_600_000;
/** So many vehicles are named in a sentence. */
const mostNamed = 3;

/** What is told of the source, and beside it of vehicles that are quiet: who waits for a line tells that alone. */
export const tellings = (report: Io['report']) => {
  let ofSource: { readonly state: 'running' | 'waiting'; readonly sentence: string } = {
    state: 'running',
    sentence: '',
  };
  let isTelling = false;
  return {
    source: ((state, sentence) => {
      ofSource = { state, sentence };
      isTelling = false;
      report(state, sentence);
    }) satisfies Io['report'],
    /** Looked at again and again: vehicles of which nothing was heard for a while. */
    quiet(heard: readonly Readonly<Heard>[], now: number): void {
      const vehicles = heard.filter(({ lastSeen }) => now - lastSeen < goneAfterMs);
      if (ofSource.state === 'waiting' || (vehicles.length === 0 && !isTelling)) return;
      isTelling = vehicles.length > 0;
      report('running', isTelling ? quietSentence(vehicles, now) : ofSource.sentence);
    },
  };
};

const quietSentence = (vehicles: readonly Readonly<Heard>[], now: number): string => {
  const named = vehicles
    .slice(0, mostNamed)
    .map(
      ({ key, line, lastSeen }) =>
        `vehicle ${systemOf(key)} at ${line.address} is quiet for ${formatDuration(now - lastSeen)}`,
    );
  const more = vehicles.length > mostNamed ? [`${vehicles.length - mostNamed} more are quiet`] : [];
  return [...named, ...more].join(', ');
};
