/** The names of the columns, each one once. */
export interface ColumnNames {
  readonly names: readonly string[];
  /** Names that were made because the header has none there: an empty value under one is left out. */
  readonly made: ReadonlySet<string>;
}

/** `temp, temp` become `temp` and `temp_2`, a column without a name is called by its place: `column_3`. */
export const columnNames = (header: readonly string[]): ColumnNames => {
  const given = header.map((name) => name.trim());
  const taken = new Set(given);
  const seen = new Set<string>();
  const made = new Set<string>();
  /** Where the search for a number begins: a header may name one column many thousand times. */
  const next = new Map<string, number>();
  const names = given.map((name, index) => {
    if (name !== '' && !seen.has(name)) {
      seen.add(name);
      return name;
    }
    const stem = name === '' ? 'column' : name;
    let number = Math.max(name === '' ? index + 1 : 2, next.get(stem) ?? 0);
    while (taken.has(`${stem}_${number}`)) number += 1;
    next.set(stem, number + 1);
    const found = `${stem}_${number}`;
    taken.add(found);
    if (name === '') made.add(found);
    return found;
  });
  return { names, made };
};
