import { mostNotices, spaced } from '@semstreams/contract';
import { roundly } from './attention.ts';
import type { FlowRun } from './flow-run.ts';
import { quietPlacesOf } from './notices.ts';
import type { QuietPlace } from './quiet.ts';

/** What a flow does, for a person: how much comes, what waits, and what is wrong or quiet. */
export const sentenceFor = (run: FlowRun): string => {
  switch (run.observed) {
    case 'running':
      return calmly(run);
    case 'degraded':
      return `Running, ${rateIn(run)}${waitingIn(run)}, but ${run.sentence}${inWords(run, closedIn(run))}`;
    case 'failed':
      return `Not running: ${run.sentence}`;
    case 'starting':
      return [run.sentence === '' ? 'Starting' : `Starting again after: ${run.sentence}`, slowToOpen(run) ?? []]
        .flat()
        .join('; ');
    case 'stopping':
      return 'Stopping: what came in is handed on';
    case 'stopped':
      return `Stopped${waitingIn(run)}${run.sentence === '' ? '' : `, but ${run.sentence}`}`;
  }
};

/** The component that takes long to open, in words; undefined where none does. */
export const slowToOpen = (run: FlowRun): string | undefined => {
  const index = run.components.findIndex(({ silentSince }) => silentSince !== undefined);
  if (index < 0 || run.observed !== 'starting') return undefined;
  return `${run.nameOf(index)} has not opened for ${roundly(performance.now() - run.components[index]!.silentSince!)}`;
};

const none = 'no messages at present';

const rateIn = (run: FlowRun): string => {
  const inputs = run.plan.components.filter(({ category }) => category === 'input');
  const rate = run.rates.perSecond((counters) => inputs.reduce((sum, { index }) => sum + counters.inOf(index), 0));
  return rate === 0 ? none : `${spaced(rate < 10 ? rate : Math.round(rate))} messages/s`;
};

/** What runs well, and where nothing comes in or out of it. */
const calmly = (run: FlowRun): string => {
  const places = quietPlacesOf(run);
  const isSilent = places.some(({ kind }) => kind === 'nothing_comes');
  const first = isSilent && rateIn(run) === none ? 'Running' : `Running, ${rateIn(run)}`;
  return `${first}${waitingIn(run)}${inWords(run, places)}`;
};

const closedIn = (run: FlowRun): QuietPlace[] => quietPlacesOf(run).filter(({ kind }) => kind === 'passes_nothing');

/** As many places as a sentence has room for. */
const inWords = (run: FlowRun, places: readonly QuietPlace[]): string =>
  places
    .slice(0, mostNotices.overview)
    .map(
      ({ component, kind, sentence }) => `; ${run.nameOf(component)}${kind === 'nothing_comes' ? ':' : ''} ${sentence}`,
    )
    .join('');

const waitingIn = (run: FlowRun): string => {
  const waiting = run.plan.connections.reduce((sum, { index }) => sum + run.counters.waitingOf(index), 0);
  return waiting === 0 ? '' : `, ${spaced(waiting)} waiting`;
};
