import type { FlowDocument } from '@semstreams/contract';

/** Components beside each other, at a height. */
export const inARow = (ids: readonly string[], y: number): NonNullable<FlowDocument['layout']> =>
  Object.fromEntries(ids.map((id, index) => [id, { x: index * 340, y }]));
