import { afterGrace } from '../../../component-kit/network/grace.ts';
import { implement } from '../../../engine/component.ts';
import { InvalidMessage, SomeFailed, TransientFault } from '../../../engine/fault.ts';
import type { Batch } from '../../../engine/message.ts';
import type { Row, Table } from './database.ts';
import { KnownTable, type Told } from './known-table.ts';
import { openTable } from './open-table.ts';
import { fieldsReader } from './row-of.ts';
import { sqlOutputDefinition } from './sql-output.definition.ts';

type Failed = Map<number, InvalidMessage | TransientFault>;

export const sqlOutput = implement(sqlOutputDefinition, ({ config, io }) => {
  const fieldsOf = fieldsReader(config);
  const ending = afterGrace(io.signal);
  let table: Table | undefined;
  let known: KnownTable | undefined;
  let [rows, transactions] = [0, 0];

  /** What can be made of each; what cannot is noted. */
  const each = <From extends { readonly at: number }, To>(
    all: readonly From[],
    make: (one: From) => To,
    failed: Failed,
  ): To[] =>
    all.flatMap((one) => {
      try {
        return [make(one)];
      } catch (thrown) {
        if (!(thrown instanceof InvalidMessage)) throw thrown;
        failed.set(one.at, thrown);
        return [];
      }
    });

  /** Resolves when all that can be written is on disk there; rejects with the fault for which all of it waits. */
  const write = async (told: readonly Told[], failed: Failed): Promise<void> => {
    await known!.prepare(told);
    const made: Row[] = each(told, (one) => known!.rowOf(one), failed);
    if (made.length === 0) return;
    const refused = await table!.write(made);
    for (const [at, fault] of refused) failed.set(at, fault);
    rows += made.length - refused.size;
    transactions += 1;
  };

  return {
    async open() {
      table = await openTable(config, { ...io, signal: ending });
      known = new KnownTable(table, config, io.monotonic);
    },
    in: async (batch: Batch) => {
      const failed: Failed = new Map();
      const messages = batch.map((message, at) => ({ message, at }));
      const told = each(
        messages,
        ({ message, at }): Told => ({ at, fields: fieldsOf(message), size: message.size }),
        failed,
      );
      try {
        if (told.length > 0) await write(told, failed);
      } catch (thrown) {
        known?.forget();
        if (!(thrown instanceof TransientFault) || failed.size === 0) throw thrown;
        for (const { at } of told) if (!failed.has(at)) failed.set(at, thrown);
      }
      if (failed.size > 0) throw new SomeFailed(failed);
    },
    close: async () => table?.close(),
    facts: () => ({ rows, transactions }),
  };
});
