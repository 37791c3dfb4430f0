import type { Notice } from '@semstreams/contract';
import type { FlowRun } from './flow-run.ts';
import type { QuietPlace } from './quiet.ts';

/** What a person should know of a run, the most telling first: what needs somebody, then where nothing comes in or out. */
export const noticesOf = (run: FlowRun): Notice[] => {
  const found = [...failures(run), ...run.troubles, ...quietPlacesOf(run)];
  const since = run.noticed.note(found.map(keyOf));
  return found.map((each) => {
    const { id, name } = run.plan.components[each.component]!;
    const { kind, sentence } = each;
    return { kind, component: id, name: name ?? id, sentence, since: since.get(keyOf(each))!.toISOString() };
  });
};

const keyOf = ({ kind, component }: { readonly kind: string; readonly component: number }): string =>
  `${kind} ${component}`;

/** Where nothing comes in or out of a run that is at work; what is in trouble says that itself. */
export const quietPlacesOf = (run: FlowRun): readonly QuietPlace[] => {
  if (!run.isAtWork) return [];
  const troubled = new Set(run.troubles.map(({ component }) => component));
  const own = (component: number): string => run.components[component]!.sentence;
  return run.quiet.places(own).filter(({ component }) => !troubled.has(component));
};

/** Components that have failed. */
const failures = (run: FlowRun) =>
  run.components.flatMap(({ state, sentence }, component) =>
    state === 'failed' ? [{ kind: 'failed', component, sentence } as const] : [],
  );
