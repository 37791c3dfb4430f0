import { endpointOf, type SeenBefore, type SeenConnection, type SeenField } from '@semstreams/contract';
import type { DraftConnection } from '../draft/connections.ts';

const nothing: SeenBefore = { looked_at: 0, fields: [], is_cut: false };

/**
 * What came by at the connections into a component of the draft. A connection that is new shows what came by at others that
 * begin at the same port.
 */
export const seenInto = (
  component: string,
  connections: readonly DraftConnection[],
  seen: readonly SeenConnection[],
): SeenBefore =>
  connections
    .filter(({ to }) => to.component === component)
    .map(({ from, to }) => {
      const begun = seen.filter((each) => each.from === endpointOf(from));
      return begun.find((each) => each.to === endpointOf(to)) ?? begun[0] ?? nothing;
    })
    .reduce(together, nothing);

const together = (one: SeenBefore, other: SeenBefore): SeenBefore => {
  const fields = new Map<string, SeenField>(one.fields.map((field) => [field.path, field]));
  for (const field of other.fields) {
    const known = fields.get(field.path);
    fields.set(field.path, known ? bothOf(known, field) : field);
  }
  return {
    looked_at: one.looked_at + other.looked_at,
    fields: [...fields.values()],
    is_cut: one.is_cut || other.is_cut,
  };
};

const bothOf = (one: SeenField, other: SeenField): SeenField => ({
  path: one.path,
  types: [...new Set([...one.types, ...other.types])],
  count: one.count + other.count,
  values: [...new Set([...one.values, ...other.values])].slice(0, 3),
});
