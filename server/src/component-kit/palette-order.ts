import type { Category } from '@semstreams/contract';
import type { DefinedType } from '../engine/component.ts';

const categories: readonly Category[] = ['input', 'processor', 'output'];

/** What gets data in, what changes it, what sends it out; each by title. */
export const inOrder = <Type extends Pick<DefinedType, 'category' | 'title'>>(types: readonly Type[]): Type[] =>
  types.toSorted(
    (a, b) => categories.indexOf(a.category) - categories.indexOf(b.category) || a.title.localeCompare(b.title, 'en'),
  );
