import type { FlowOverview, FlowSummary, Trouble } from '@semstreams/contract';

/** Something that needs a person, wherever they are in the ui. */
export interface ShownProblem {
  readonly title: string;
  readonly sentence: string;
  /** The flow that it is about, where there is one. */
  readonly flow?: string;
}

/** Flows that fail or run with trouble, then definitions that could not be used. */
export const problemsOf = (
  overview: ReadonlyMap<string, FlowOverview> | undefined,
  troubles: readonly Trouble[],
  flows: readonly FlowSummary[] | undefined,
): ShownProblem[] => [
  ...[...(overview?.values() ?? [])]
    .filter(({ observed }) => observed === 'failed' || observed === 'degraded')
    .map(({ flow, sentence }) => ({ title: flows?.find(({ id }) => id === flow)?.name ?? flow, sentence, flow })),
  ...troubles.map(({ source, sentence }) => ({ title: source, sentence })),
];
