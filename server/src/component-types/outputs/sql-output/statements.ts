import { quoted } from './column-name.ts';
import type { Row } from './database.ts';

/** Where rows go, and what becomes of those whose key is there. */
export interface Target {
  /** As it stands in a statement. */
  readonly table: string;
  readonly key: readonly string[];
  readonly onConflict: 'update' | 'keep';
}

/** What an `INSERT` says of rows whose key is there already; PostgreSQL and SQLite have the same words for it. */
export const conflictClause = ({ key, onConflict }: Target, columns: readonly string[]): string => {
  if (key.length === 0) return '';
  const told = columns.filter((name) => !key.includes(name));
  const on = ` ON CONFLICT (${key.map(quoted).join(', ')}) DO`;
  if (onConflict === 'keep' || told.length === 0) return `${on} NOTHING`;
  return `${on} UPDATE SET ${told.map((name) => `${quoted(name)} = excluded.${quoted(name)}`).join(', ')}`;
};

/** What is written of a column of a new table. */
export const columnsOfTable = (
  columns: readonly { readonly name: string; readonly type: string }[],
  key: readonly string[],
): string => {
  const parts = columns.map(({ name, type }) =>
    [quoted(name), type, ...(key.includes(name) ? ['NOT NULL'] : [])].filter((word) => word !== '').join(' '),
  );
  return [...parts, ...(key.length > 0 ? [`PRIMARY KEY (${key.map(quoted).join(', ')})`] : [])].join(', ');
};

/**
 * Rows in parts, in their order, each of which one statement can write: all of a part have the same columns, and where rows are
 * updated none has the key of another one.
 */
export const inStatements = (rows: readonly Row[], { key, onConflict }: Target): Row[][] => {
  const parts: Row[][] = [];
  let [columns, keys] = ['', new Set<string>()];
  for (const row of rows) {
    const own = JSON.stringify(Object.keys(row.values));
    const ownKey = key.length > 0 && onConflict === 'update' ? JSON.stringify(key.map((name) => row.values[name])) : '';
    if (own === columns && !keys.has(ownKey)) parts.at(-1)!.push(row);
    else {
      parts.push([row]);
      [columns, keys] = [own, new Set()];
    }
    if (ownKey !== '') keys.add(ownKey);
  }
  return parts;
};
