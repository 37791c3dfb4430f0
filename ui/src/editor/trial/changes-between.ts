import type { TappedMessage } from '@semstreams/contract';
import { cellsOf } from '../tap/message-columns.ts';

/** A field that is another one behind a component: without `before` it is new, without `after` it is gone. */
export interface FieldChange {
  readonly field: string;
  readonly before?: string;
  readonly after?: string;
}

type Shown = Pick<TappedMessage, 'payload' | 'is_cut'>;

/** The fields that a component has changed, in the order of the message that it made; then those that are gone. */
export const changesBetween = (before: Shown, after: Shown): readonly FieldChange[] => {
  const [old, fresh] = [cellsOf(before), cellsOf(after)];
  const changed = [...fresh].flatMap(([field, value]): FieldChange[] => {
    const known = old.get(field);
    if (known === value) return [];
    return [{ field, after: value, ...(known === undefined ? {} : { before: known }) }];
  });
  const gone = [...old].flatMap(([field, value]): FieldChange[] =>
    fresh.has(field) ? [] : [{ field, before: value }],
  );
  return [...changed, ...gone];
};
