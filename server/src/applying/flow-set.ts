import { type Finding, type Flow, type FlowDocument, FlowSet, idFrom } from '@semstreams/contract';
import { z } from 'zod';
import { withoutRevision } from '../flows/as-it-came.ts';
import { asDocument } from '../web/body-pipe.ts';
import { refused } from '../web/problems.ts';

/** A set is `{ "flows": [...] }`, a list of flows, or a single one. */
export const GivenSet = asDocument(
  z
    .preprocess((given) => {
      if (Array.isArray(given)) return { flows: given.map(withoutRevision) };
      if (typeof given !== 'object' || given === null) return given;
      if ('components' in given) return { flows: [withoutRevision(given)] };
      return 'flows' in given && Array.isArray(given.flows)
        ? { ...given, flows: given.flows.map(withoutRevision) }
        : given;
    }, FlowSet)
    .meta({ id: 'GivenSet' }),
);

/** The flows of a set, each with its id. Throws a 422 problem where one has none, or two have the same. */
export const flowsOf = ({ flows }: FlowSet): Flow[] => {
  const seen = new Set<string>();
  const findings: Finding[] = [];
  const named = flows.map((document, index) => {
    const id = document.id ?? (document.name === undefined ? undefined : idFrom(document.name));
    if (id === undefined) findings.push(finding('missing', `flows[${index}].id`, 'a flow of a set needs an id'));
    else if (seen.has(id))
      findings.push(finding('duplicate_id', `flows[${index}].id`, `the id "${id}" is there twice`));
    seen.add(id ?? '');
    return { ...document, id: id ?? '', name: document.name ?? id ?? '' };
  });
  const [first] = findings;
  if (first) throw refused(`the set cannot be applied: ${first.place}: ${first.sentence}`, findings);
  return named;
};

const finding = (code: string, place: string, sentence: string): Finding => ({
  severity: 'error',
  code,
  place,
  sentence,
});

/** The flow as it would be kept: how it was laid out by hand stays, where it says nothing of it. */
export const withLayoutOf = (flow: FlowDocument & Flow, before: Flow | undefined): Flow =>
  flow.layout === undefined && before?.layout !== undefined ? { ...flow, layout: before.layout } : flow;
