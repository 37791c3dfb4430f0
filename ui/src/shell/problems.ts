import type { FlowOverview, FlowSummary, Trouble } from '@semstreams/contract';
import { formatNumber } from '../design/format.ts';

/** Something that needs a person, wherever they are in the ui. */
export interface ShownProblem {
  readonly title: string;
  readonly sentence: string;
  /** The flow that it is about, where there is one. */
  readonly flow?: string;
  /** Where in the ui it can be mended. */
  readonly way?: string;
}

/** Flows that fail or run with trouble, then those that have dead letters, then definitions that could not be used. */
export const problemsOf = (
  overview: ReadonlyMap<string, FlowOverview> | undefined,
  troubles: readonly Trouble[],
  flows: readonly FlowSummary[] | undefined,
): ShownProblem[] => {
  const all = [...(overview?.values() ?? [])];
  const named = (flow: string): string => flows?.find(({ id }) => id === flow)?.name ?? flow;
  return [
    ...all
      .filter(({ observed }) => observed === 'failed' || observed === 'degraded')
      .map((each) => ({ title: named(each.flow), sentence: each.sentence, flow: each.flow, way: wayTo(each) })),
    ...all
      .filter(({ dead_letters: letters }) => letters > 0)
      .map(({ flow, dead_letters: letters }) => {
        const sentence = letters === 1 ? '1 dead letter' : `${formatNumber(letters)} dead letters`;
        return { title: named(flow), sentence, flow, way: `/flows/${flow}/dead-letters` };
      }),
    ...troubles.map(({ source, sentence }) => ({ title: source, sentence })),
  ];
};

/** Where what is most telling of a flow can be mended: its component, else the flow. */
export const wayTo = ({ flow, notices }: Pick<FlowOverview, 'flow' | 'notices'>): string => {
  const [first] = notices;
  return first ? `/flows/${flow}?component=${first.component}&mend` : `/flows/${flow}`;
};
