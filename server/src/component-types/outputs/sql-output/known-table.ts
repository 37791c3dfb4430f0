import { InvalidMessage, TransientFault } from '../../../engine/fault.ts';
import { nameProblem } from './column-name.ts';
import { type ColumnType, commonType, typeOf } from './column-type.ts';
import type { Column, Columns, NewColumn, Row, Table } from './database.ts';
import { type Fields, valueFor } from './row-of.ts';
import type { SqlOutputConfig } from './sql-output.definition.ts';

/** A table has no more columns than this by messages: one with ever new names makes no table of ever new columns. */
const mostColumns = 500;
/** A table in which a column was missing is looked at again after so many milliseconds. */
const againMs = 5000;

type Settings = Pick<
  SqlOutputConfig,
  'table' | 'columns' | 'create_table' | 'add_columns' | 'id_column' | 'time_column' | 'time_unit'
>;

/** What is written of one message of a batch. */
export interface Told {
  readonly at: number;
  readonly fields: Fields;
  readonly size: number;
}

/** What is known of a table that rows go into: it is looked at once, made and widened where that is asked for. */
export class KnownTable {
  private columns: Columns | undefined;
  private lookedAt = -Infinity;
  private readonly settled: ReadonlyMap<string, ColumnType>;
  private readonly named: ReadonlySet<string>;

  constructor(
    private readonly table: Table,
    private readonly settings: Settings,
    private readonly monotonic: () => number,
  ) {
    const { columns, id_column: id, time_column: time } = settings;
    const types = columns.flatMap(({ name, type }): [string, ColumnType][] => (type === 'auto' ? [] : [[name, type]]));
    if (id !== '') types.push([id, 'text']);
    if (time !== '') types.push([time, 'time']);
    this.settled = new Map(types);
    this.named = new Set([...columns.map(({ name }) => name), id, time].filter((name) => name !== ''));
  }

  /** Somebody may have changed it. */
  forget(): void {
    this.columns = undefined;
  }

  /**
   * Sees to it that the table has what these messages need, as far as the settings ask for that. Rejects with a TransientFault where it
   * has not what the settings name.
   */
  async prepare(all: readonly Told[]): Promise<void> {
    const { table, create_table: mayMake, add_columns: mayAdd } = this.settings;
    await this.look();
    if (this.columns === undefined) {
      if (!mayMake) throw new TransientFault(`there is no table "${table}": make it, or switch on "create_table"`);
      const told = this.newColumns(all, new Map());
      if (told.length === 0) return;
      await this.table.make(told);
      await this.look();
    }
    if (this.columns === undefined || this.missing(all).length === 0) return;
    if (mayAdd) {
      const added = this.newColumns(all, this.columns);
      if (added.length === 0) return;
      await this.table.add(added);
      this.forget();
      await this.look();
    } else if (this.monotonic() - this.lookedAt > againMs) {
      this.forget();
      await this.look();
    }
    const named = this.missing(all).find((name) => this.named.has(name));
    if (named !== undefined) throw new TransientFault(this.noColumn(named));
  }

  /** What goes into which column. Throws an InvalidMessage where there is none, or where a value cannot be written there. */
  rowOf({ at, fields, size }: Told): Row {
    const values: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (const [name, value] of Object.entries(fields)) {
      const column = this.columnOf(name);
      if (column === undefined) {
        if (value === null) continue;
        throw new InvalidMessage(this.noColumn(name));
      }
      if (column.name in values)
        throw new InvalidMessage(
          `it has two fields for the column "${column.name}", whose name is the same in the database`,
        );
      const settled = this.asSettled(column, name);
      values[column.name] = this.table.asValue(valueFor(settled, value, this.settings.time_unit), settled);
    }
    if (Object.keys(values).length === 0) throw new InvalidMessage('it has no value for any column');
    return { at, values, size };
  }

  private async look(): Promise<void> {
    if (this.columns !== undefined) return;
    this.columns = await this.table.look();
    this.lookedAt = this.monotonic();
  }

  private columnOf(name: string): Column | undefined {
    return this.columns?.get(this.table.foldName(name));
  }

  /** Where the database does not tell what a column holds, the settings may. */
  private asSettled(column: Column, name: string): Column {
    const type = column.holds === 'other' || column.holds === 'whole' ? this.settled.get(name) : undefined;
    return type === 'time' || type === 'bytes' || type === 'json' ? { ...column, holds: type } : column;
  }

  private missing(all: readonly Told[]): string[] {
    const missing = new Set<string>();
    for (const { fields } of all)
      for (const name in fields) if (fields[name] !== null && this.columnOf(name) === undefined) missing.add(name);
    return [...missing];
  }

  /** Columns that messages have values for, beside those that are there. */
  private newColumns(all: readonly Told[], there: Columns): NewColumn[] {
    const found = new Map<string, NewColumn>();
    for (const { fields } of all)
      for (const [name, value] of Object.entries(fields)) {
        const folded = this.table.foldName(name);
        if (there.has(folded) || nameProblem(name) !== undefined) continue;
        const known = found.get(folded);
        const type = this.settled.get(name) ?? commonType(known?.type, typeOf(value));
        if (type !== undefined && (known ?? there.size + found.size < mostColumns))
          found.set(folded, { name: known?.name ?? name, type });
      }
    return [...found.values()];
  }

  private noColumn(name: string): string {
    const { table, add_columns: mayAdd } = this.settings;
    const problem = nameProblem(name);
    if (problem !== undefined) return `there is no column for one of its fields: ${problem}`;
    const shown = name.slice(0, 60);
    if (mayAdd) return `there is no column "${shown}", and the table "${table}" gets no more than ${mostColumns}`;
    const alike = [...(this.columns?.values() ?? [])].find(
      (column) => column.name.toLowerCase() === name.toLowerCase(),
    );
    const hint = alike === undefined ? 'add it' : `it has "${alike.name}": write that in "columns", add it`;
    return `the table "${table}" has no column "${shown}": ${hint}, or switch on "add_columns"`;
  }
}
