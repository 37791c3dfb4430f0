import { z } from 'zod';

/** Something wrong with a draft. `place` is a path into the document, such as `components[1].config.rules[0].operator`. */
export const Finding = z
  .strictObject({
    severity: z.enum(['error', 'warning']),
    code: z.string().meta({ description: 'Stable, for programs: "unknown_type", "wrong_value", …' }),
    place: z.string(),
    component: z.string().optional().meta({ description: 'Id of the component it is about.' }),
    field: z.string().optional().meta({ description: 'Path inside that component’s config.' }),
    sentence: z.string(),
    hint: z.string().optional(),
  })
  .meta({ id: 'Finding' });
export type Finding = z.infer<typeof Finding>;

export const isError = (finding: Finding): boolean => finding.severity === 'error';

/** `['components', 1, 'config', 'rules', 0]` as `components[1].config.rules[0]`. */
export const placeOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (place, key) =>
      typeof key === 'number' ? `${place}[${key}]` : place === '' ? String(key) : `${place}.${String(key)}`,
    '',
  );
