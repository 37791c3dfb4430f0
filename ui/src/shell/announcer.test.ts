import type { FlowOverview, Observed } from '@semstreams/contract';
import { describe, expect, it } from 'vitest';
import { type LineState, type LiveState, unknownState } from '../live/live-state.ts';
import { newsBetween } from './announcer.tsx';

const state = (line: LineState, flows: Readonly<Record<string, Observed>>): LiveState => ({
  ...unknownState,
  line,
  overview: new Map(
    Object.entries(flows).map(([flow, observed]) => [flow, { observed, sentence: `is ${observed}` } as FlowOverview]),
  ),
});

describe('what is said aloud', () => {
  it.each([
    [
      'the line is cut',
      state('live', {}),
      state('reconnecting', {}),
      'The connection to the server is cut, trying again',
    ],
    ['it stays cut', state('reconnecting', {}), state('offline', {}), undefined],
    ['it is back', state('offline', {}), state('live', {}), 'The connection to the server is back'],
    ['it is there for the first time', state('connecting', {}), state('live', {}), undefined],
    ['a flow fails', state('live', { climb: 'running' }), state('live', { climb: 'failed' }), 'climb: is failed'],
    ['it recovers', state('live', { climb: 'failed' }), state('live', { climb: 'running' }), 'climb: is running'],
    ['a flow starts', state('live', { climb: 'starting' }), state('live', { climb: 'running' }), undefined],
    ['the first word', unknownState, state('live', { climb: 'failed' }), undefined],
  ])('when %s', (_, before, after, news) => expect(newsBetween(before, after)).toBe(news));
});
