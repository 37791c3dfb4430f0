import { InvalidMessage } from '../../../engine/fault.ts';
import { reader, writer } from '../../../engine/field-path.ts';
import { limits } from '../../../engine/limits.ts';

export interface SplitSettings {
  /** Path of the list; empty where the payload is one. */
  readonly field: string;
  /** Whether each part keeps what stands beside the list. */
  readonly keep: boolean;
}

/** What a field beside the list may take in all parts together, in characters: each of them is written with its part. */
const mostBeside = limits.growth;

/**
 * The parts of a payload, one for each element of its list; undefined where it has none. Throws an InvalidMessage where
 * something else stands there.
 */
export const splitter = ({ field, keep }: SplitSettings): ((payload: unknown) => readonly unknown[] | undefined) => {
  if (field === '') return (payload) => (Array.isArray(payload) ? payload : undefined);
  const [read, write] = [reader(field), writer(field)];
  return (payload) => {
    const list = read(payload);
    if (list === undefined) return undefined;
    if (!Array.isArray(list)) throw new InvalidMessage(`the field "${field}" is no list`);
    if (!keep) return list as readonly unknown[];
    refuseTooMuch(payload, list, write);
    return list.map((element) => write(payload, element));
  };
};

const refuseTooMuch = (payload: unknown, list: readonly unknown[], write: ReturnType<typeof writer>): void => {
  if (list.length < 2) return;
  const beside = JSON.stringify(write(payload, null)).length;
  if (beside * list.length <= mostBeside) return;
  throw new InvalidMessage(
    `its ${list.length} parts would take more than ${mostBeside / 1024 ** 2} MB with what stands beside the list: set "keep" to false`,
  );
};
