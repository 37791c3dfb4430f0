import { Menu } from '@mantine/core';
import { Copy, Filter } from 'lucide-react';
import { formatTimeToSecond } from '../../design/format.ts';
import { toast } from '../../design/toast.tsx';
import { cellsOf, columnsOf } from './message-columns.ts';
import styles from './message-table.module.css';
import type { TapRow } from './tap-view.ts';

interface TableProps {
  readonly rows: readonly TapRow[];
  /** Puts a filter by this field behind what is looked at; none where that cannot be. */
  readonly filterBy: ((field: string) => void) | undefined;
}

/** Messages with a column for each field, newest first. A value that is another than in the message before is marked. */
export const MessageTable = ({ rows, filterBy }: TableProps) => {
  const cells = rows.map(({ message }) => cellsOf(message));
  const columns = columnsOf(cells);
  if (rows.length === 0) return null;
  return (
    <div className={styles['frame']} tabIndex={0} role="region" aria-label="Messages as a table">
      <table className={styles['table']}>
        <thead>
          <tr>
            <th scope="col">Came in</th>
            {columns.map((column) => (
              <th key={column} scope="col">
                <ColumnMenu column={column} filterBy={filterBy} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ number, message }, index) => (
            <tr key={number}>
              <td>{formatTimeToSecond(new Date(message.time))}</td>
              {columns.map((column) => {
                const value = cells[index]!.get(column);
                const before = cells[index + 1]?.get(column);
                return (
                  <td key={column} data-new={before !== undefined && value !== before} title={value}>
                    {value}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};

const ColumnMenu = ({ column, filterBy }: { column: string; filterBy: TableProps['filterBy'] }) => (
  <Menu position="bottom-start" withinPortal>
    <Menu.Target>
      <button type="button" className={styles['column']} aria-label={`Field ${column}`}>
        {column}
      </button>
    </Menu.Target>
    <Menu.Dropdown>
      {filterBy ? (
        <Menu.Item leftSection={<Filter size={14} aria-hidden />} onClick={() => filterBy(column)}>
          Filter by this
        </Menu.Item>
      ) : null}
      <Menu.Item leftSection={<Copy size={14} aria-hidden />} onClick={() => void copyName(column)}>
        Copy name
      </Menu.Item>
    </Menu.Dropdown>
  </Menu>
);

const copyName = async (name: string): Promise<void> => {
  try {
    await navigator.clipboard.writeText(name);
    toast({ sentence: `“${name}” is copied` });
  } catch {
    toast({ sentence: `The browser does not let pages copy here: the name is ${name}` });
  }
};
