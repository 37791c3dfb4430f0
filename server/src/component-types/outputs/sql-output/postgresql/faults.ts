import { InvalidMessage, TransientFault, FatalFault } from '../../../../engine/fault.ts';
import { isAbort } from '../../../../engine/is-aborted.ts';

/** What a server says of what it did not do: a code (SQLSTATE, appendix A of its manual) and words. */
interface Said {
  readonly code: string;
  readonly message: string;
  readonly detail?: string;
}

const isSaid = (thrown: unknown): thrown is Said =>
  thrown instanceof Error && /^[0-9A-Z]{5}$/.test((thrown as Partial<Said>).code ?? '') && 'severity' in thrown;

/**
 * Codes and classes of codes that speak of the row: a value that does not fit, a rule of the table, what a trigger or a view
 * refuses, what is larger than a row may be. All others speak of the server, of the table, or of who may do what.
 */
const ofTheRow = /^(21|22|23|27|44|54|P0)/;

/** What can be done about some of the others. */
const waysOut: Readonly<Record<string, (to: Told) => string>> = {
  '28P01': ({ username }) => `it does not let "${username}" in: the user or the password is wrong`,
  '28000': () => 'look at "pg_hba.conf" there, which says who may come from where, and whether by TLS ("tls")',
  '3D000': () => 'make the database there, or write another one in "url"',
  '3F000': () => 'make the schema there, or write another one in "schema"',
  '42501': ({ username }) => `let the user "${username}" do it ("GRANT"), or name another one`,
  '42P10': ({ key }) => `give the table a unique key of ${key}, or write the columns of one that it has in "key"`,
  '25006': () => 'it may be a copy: write the address of the server that takes changes, or wait until it is one',
};

interface Told {
  readonly place: string;
  readonly username: string;
  /** The columns of the key, for people. */
  readonly key: string;
}

/** What went wrong as the engine understands it: a row that is refused, or something that is waited for. */
export const faultOf = (thrown: unknown, told: Told): Error => {
  if (isAbort(thrown) || thrown instanceof TransientFault || thrown instanceof FatalFault) return thrown;
  if (!isSaid(thrown)) return new TransientFault(`${told.place}: ${wordsOf(thrown)}`, { cause: thrown });
  const { code, message, detail } = thrown;
  const words = cut(detail === undefined ? message : `${message}: ${detail}`);
  if (ofTheRow.test(code)) return new InvalidMessage(`the database refuses it: ${words}`, { cause: thrown });
  const wayOut = waysOut[code]?.(told);
  const sentence = code === '28P01' ? wayOut : `${words}${wayOut === undefined ? '' : `; ${wayOut}`}`;
  return new TransientFault(`${told.place}: ${sentence}`, { cause: thrown });
};

const wordsOf = (thrown: unknown): string => {
  const { message } = thrown as Error;
  return message.startsWith('Connection terminated') ? 'the line was cut' : cut(message);
};

/** Words of others are cut: a server may write a book, or the whole of a row. */
const cut = (text: string): string => (text.length > 400 ? `${text.slice(0, 400)}…` : text);
