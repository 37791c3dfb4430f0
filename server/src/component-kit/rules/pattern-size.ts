interface Group {
  size: number;
  /** What a repetition behind it repeats. */
  last: number;
}

/** Sets of letters by property, such as `\pL`, are hundreds of ranges. */
const propertySize = 20;

/**
 * About how many steps a pattern has once its repetitions are written out: `(ab){10}` has twenty. The time that it takes to
 * compile grows with it, and so does the time for each letter of a text.
 */
export const patternSize = (pattern: string): number => {
  const outer: Group[] = [];
  let group: Group = { size: 0, last: 0 };
  const add = (size: number): void => {
    group.size += size;
    group.last = size;
  };
  for (let at = 0; at < pattern.length; at += 1) {
    const letter = pattern[at]!;
    if (letter === '\\') {
      at += 1;
      const isProperty = /[pP]/.test(pattern[at] ?? '');
      add(isProperty ? propertySize : 1);
      if (isProperty) at += propertyName(pattern, at + 1).length;
    } else if (letter === '[') {
      const set = setAt(pattern, at);
      at += set.length - 1;
      add(1 + propertySize * (set.match(/\\[pP]/g)?.length ?? 0));
    } else if (letter === '(') {
      outer.push(group);
      group = { size: 0, last: 0 };
    } else if (letter === ')') {
      const { size } = group;
      group = outer.pop() ?? { size: 0, last: 0 };
      add(size);
    } else if (letter === '{') {
      const { most, length } = repetitionAt(pattern, at);
      group.size += group.last * (most - 1);
      group.last *= most;
      at += length - 1;
    } else add(1);
  }
  return outer.reduce((sum, { size }) => sum + size, group.size);
};

/** `[…]` as it stands at a place: a bracket right at its beginning is one of its letters. */
const setAt = (pattern: string, at: number): string => /^\[\^?\]?(\\.|[^\]\\])*\]?/s.exec(pattern.slice(at))![0];

/** `L` or `{Greek}` behind `\\p`. */
const propertyName = (pattern: string, at: number): string => /^(\{[^}]*\}?|.?)/s.exec(pattern.slice(at))![0];

/** How often `{3}`, `{3,}` or `{3,5}` lets something be there; a brace that begins no such thing is a letter. */
const repetitionAt = (pattern: string, at: number): { most: number; length: number } => {
  const [all = '{', low = '1', high = '1'] = /^\{(\d{1,6})(?:,(\d{0,6}))?\}/.exec(pattern.slice(at, at + 20)) ?? [];
  return { most: Math.max(1, Number(low), Number(high)), length: all.length };
};
