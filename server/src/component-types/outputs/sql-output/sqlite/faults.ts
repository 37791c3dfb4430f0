import { FatalFault, Fault, InvalidMessage, TransientFault } from '../../../../engine/fault.ts';

/** Result codes of SQLite (sqlite.org/rescode.html), the lowest byte of what it says. */
const code = {
  busy: 5,
  locked: 6,
  readonly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cantopen: 14,
  toobig: 18,
  constraint: 19,
  mismatch: 20,
  notadb: 26,
} as const;

const ofTheRow: ReadonlySet<number> = new Set([code.toobig, code.constraint, code.mismatch]);

const waits: Readonly<Record<number, string>> = {
  [code.busy]: 'somebody else has locked it: it goes on when they are done',
  [code.locked]: 'somebody else has locked it: it goes on when they are done',
  [code.readonly]: 'it may not be written: look at the rights of the file and its folder',
  [code.io]: 'its disk does not work (input/output error)',
  [code.full]: 'the disk is full',
  [code.cantopen]: 'it cannot be opened: look at the rights of the file and its folder',
};

/** What went wrong as the engine understands it. */
export const faultOf = (thrown: unknown, shown: string): Error => {
  if (thrown instanceof Fault || !(thrown instanceof Error)) return thrown as Error;
  const { errcode, message } = thrown as Error & { readonly errcode?: number };
  if (errcode === undefined) return thrown;
  const primary = errcode & 0xff;
  if (ofTheRow.has(primary))
    return new InvalidMessage(`the database refuses it: ${message.slice(0, 400)}`, { cause: thrown });
  if (primary === code.notadb)
    return new FatalFault(`"${shown}" is no database of SQLite: choose another file`, { cause: thrown });
  if (primary === code.corrupt)
    return new FatalFault(`"${shown}" is damaged: restore it from a backup, or choose another file`, { cause: thrown });
  if (message.includes('ON CONFLICT clause does not match'))
    return new TransientFault(
      `"${shown}": the table has no unique key of the columns in "key": give it one, or write those of one that it has`,
      { cause: thrown },
    );
  return new TransientFault(`"${shown}": ${waits[primary] ?? message.slice(0, 400)}`, { cause: thrown });
};
