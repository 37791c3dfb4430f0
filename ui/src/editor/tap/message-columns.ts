import { pathTo, type TappedMessage } from '@semstreams/contract';

/** Wider tables nobody reads; what does not fit is seen in the opened message. */
const mostColumns = 40;
/** Objects within objects get columns of their own down to here. */
const deepest = 3;

/** The fields of a message for a table, by their path; `value` where the message is no object. Undefined for one that is cut. */
export const cellsOf = ({
  payload,
  is_cut,
}: Pick<TappedMessage, 'payload' | 'is_cut'>): ReadonlyMap<string, string> => {
  const cells = new Map<string, string>();
  const put = (value: unknown, path: string, depth: number): void => {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || depth === deepest) {
      cells.set(path === '' ? 'value' : path, typeof value === 'string' ? value : JSON.stringify(value));
      return;
    }
    for (const [name, inner] of Object.entries(value)) put(inner, pathTo(path, name), depth + 1);
  };
  if (is_cut) cells.set('value', payload);
  else put(JSON.parse(payload), '', 0);
  return cells;
};

/** The columns of these rows, in the order in which they came up. */
export const columnsOf = (rows: readonly ReadonlyMap<string, string>[]): readonly string[] =>
  [...new Set(rows.flatMap((row) => [...row.keys()]))].slice(0, mostColumns);
