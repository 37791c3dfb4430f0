import type { SeenBefore } from './fields-read.ts';
import type { SeenField } from './seen.ts';

const nothing: SeenBefore = { looked_at: 0, fields: [], is_cut: false };

/** What came by at several connections, such as all that lead into one component. */
export const seenTogether = (each: readonly SeenBefore[]): SeenBefore => each.reduce(together, nothing);

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
