import { type FindingList, placeOf } from './finding.ts';
import type { FlowDocument } from './flow.ts';
import { nearest } from './words.ts';

/** Ids in a list of a config, each of a component of this type, or of any where none is named. */
export interface Mention {
  readonly field: string;
  readonly type?: string;
  readonly ids: readonly string[];
}

/** What names a component that is not there does less than somebody thinks. */
export const noteMentioned = (
  list: FindingList,
  mention: Mention | undefined,
  { components }: FlowDocument,
  { component, prefix }: { readonly component: string; readonly prefix: readonly PropertyKey[] },
): void => {
  if (!mention) return;
  const { field, type, ids } = mention;
  const known = components.filter((other) => type === undefined || other.type === type).map(({ id }) => id);
  for (const [index, id] of ids.entries()) {
    if (known.includes(id)) continue;
    list.add('warning', () => {
      const near = nearest(id, known);
      const kind = type === undefined ? '' : ` of the type "${type}"`;
      const hint = near
        ? `did you mean "${near}"?`
        : `name one ${type === undefined ? 'of this flow' : `of type "${type}"`}`;
      const sentence = `this flow has no component "${id}"${kind}`;
      const place = placeOf([...prefix, field, index]);
      return {
        code: 'unknown_component',
        place,
        component,
        field: `${field}[${index}]`,
        sentence,
        hint,
        ...(near ? { instead: near } : {}),
      };
    });
  }
};
