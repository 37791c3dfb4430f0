import { type FilePreview, type FileRow, pathTo, type ValueType } from '@semstreams/contract';
import styles from './files.module.css';

const typeWords: Readonly<Record<ValueType, string>> = {
  ...{ text: 'text', number: 'number', yes_no: 'yes or no', empty: 'empty' },
  ...{ object: 'object', list: 'list', bytes: 'bytes' },
};

/** Records of a file with a column for each field, under its name and what it holds. */
export const PreviewTable = ({
  rows,
  columns,
  title,
}: {
  rows: readonly FileRow[];
  columns: FilePreview['columns'];
  title: string;
}) => {
  const cells = rows.map(cellsOf);
  const names = [...new Set(cells.flatMap((row) => [...row.keys()]))].slice(0, mostColumns);
  const typeOf = new Map(columns.map(({ path, types }) => [path, types.map((type) => typeWords[type]).join(', ')]));
  return (
    <div className={styles['frame']} tabIndex={0} role="region" aria-label={title}>
      <table className={styles['rows']}>
        <thead>
          <tr>
            {names.map((name) => (
              <th key={name} scope="col">
                {name} <small>{typeOf.get(pathTo('', name))}</small>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ problem }, index) => (
            <tr key={index}>
              {problem === undefined ? (
                names.map((name) => (
                  <td key={name} title={cells[index]!.get(name)}>
                    {cells[index]!.get(name)}
                  </td>
                ))
              ) : (
                <td colSpan={names.length || 1} className={styles['problem']}>
                  {problem}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};

/** More columns nobody reads beside each other. */
const mostColumns = 100;

/** What is no object, or was cut, stands in one column. */
const cellsOf = ({ payload }: FileRow): ReadonlyMap<string, string> => {
  if (payload === undefined) return new Map();
  try {
    const value: unknown = JSON.parse(payload);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return new Map(Object.entries(value).map(([name, inner]) => [name, inOneLine(inner)]));
  } catch {
    // cut in the middle
  }
  return new Map([['message', payload]]);
};

const inOneLine = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
