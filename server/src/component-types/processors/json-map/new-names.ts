import { z } from 'zod';
import { fieldPath } from '../../../component-kit/fields/fields.ts';
import { parsePath, reader, remover, writer } from '../../../engine/field-path.ts';
import { type Change, placer } from './change.ts';
import type { Growth } from './growth.ts';
import { fromField, toField } from './step-fields.ts';
import { ofLetters } from './texts.ts';

const ofTexts =
  (change: (text: string) => string) =>
  (value: unknown): unknown =>
    typeof value === 'string' ? change(value) : value;

const transforms = {
  copy: (value: unknown) => value,
  uppercase: ofTexts(ofLetters.uppercase),
  lowercase: ofTexts(ofLetters.lowercase),
  trim: ofTexts(ofLetters.trim),
} as const;
const Mapping = z.strictObject({
  source_field: fromField,
  target_field: toField,
  transform: z
    .enum(['copy', 'uppercase', 'lowercase', 'trim'])
    .default('copy')
    .meta({
      title: 'Letters',
      description: 'How a text is changed on the way; other values stay as they are.',
      choices: { copy: 'As they are', uppercase: 'Upper case', lowercase: 'Lower case', trim: 'Without spaces around' },
    }),
});

/** Old and new names: as a list, or as an object from the old name to the new one. */
export const Mappings = z
  .union([z.array(Mapping).max(1000), z.record(fieldPath, toField)])
  .check(({ value, issues }) => {
    const seen = new Map<string, string>();
    for (const [index, { source_field, target_field }] of pairsOf(value).entries()) {
      const place = JSON.stringify(parsePath(target_field));
      const before = seen.get(place);
      seen.set(place, source_field);
      if (before === undefined) continue;
      const message = `"${before}" becomes "${target_field}" already: one of the two would be lost`;
      const path = Array.isArray(value) ? [index, 'target_field'] : [source_field];
      issues.push({ code: 'custom', path, message, input: target_field });
    }
  });
export type Mappings = z.infer<typeof Mappings>;

export const pairsOf = (
  mappings: z.infer<typeof Mapping>[] | Readonly<Record<string, string>>,
): z.infer<typeof Mapping>[] =>
  Array.isArray(mappings)
    ? mappings
    : Object.entries(mappings).map(([source_field, target_field]) => ({
        source_field,
        target_field,
        transform: 'copy' as const,
      }));

/** All names change places at once: what is read is what came in, so that `a` and `b` can be exchanged. */
export const moveAll = (
  pairs: readonly z.infer<typeof Mapping>[],
  removed: readonly string[],
  growth: Growth,
): Change => {
  const moves = pairs.map(({ source_field, target_field, transform }, index) => ({
    read: reader(source_field),
    remove: remover(source_field),
    place: removed.includes(target_field) ? writer(target_field) : placer(target_field),
    change: transforms[transform],
    isRepeated: pairs.findIndex((pair) => pair.source_field === source_field) < index,
  }));
  if (moves.length === 1) {
    const { read, remove, place, change } = moves[0]!;
    return (payload, mine) => {
      const value = read(payload);
      return value === undefined ? payload : place(remove(payload, mine), change(value), mine);
    };
  }
  return (payload, mine) => {
    const values = moves.map(({ read }) => read(payload));
    let changed = payload;
    for (let index = 0; index < moves.length; index += 1)
      if (values[index] !== undefined) changed = moves[index]!.remove(changed, mine);
    for (let index = 0; index < moves.length; index += 1) {
      const value = values[index];
      if (value === undefined) continue;
      const { place, change, isRepeated } = moves[index]!;
      if (isRepeated) {
        mine.length = 0;
        growth.addCopyOf(value);
      }
      changed = place(changed, change(value), mine);
    }
    return changed;
  };
};
