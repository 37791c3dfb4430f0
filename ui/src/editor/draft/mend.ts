import { type Finding, type Flow, freeId } from '@semstreams/contract';
import { type ConfigPath, parseConfigPath, readAt, writeAt } from './config-path.ts';
import type { Edit } from './edits.ts';

/** A way to put right what is wrong, in a word or two, and the change that does it. */
export interface Mend {
  readonly label: string;
  readonly edit: Edit;
}

/** What can be done about a finding by one click, the likeliest first; nothing where a person has to say what is meant. */
export const mendsOf = (flow: Flow, finding: Finding): readonly Mend[] => {
  const path = parseConfigPath(finding.place);
  const { code, instead } = finding;
  // a place that is not found again, such as one behind a name with dots, is left to people
  const isThere = path.length > 0 && readAt(flow, path) !== undefined;
  switch (code) {
    case 'unknown_key':
      if (!isThere) return [];
      return [
        ...(instead !== undefined ? [mend(`Call it “${instead}”`, renameKey(path, instead))] : []),
        mend(`Remove “${String(path.at(-1))}”`, (document) => writeAt(document, path, undefined)),
      ];
    case 'duplicate_id':
      return isThere ? [mend('Give it an id of its own', withOwnId(path))] : [];
    case 'buffer_without_guarantee':
      return isThere ? [mend('Keep nothing', (document) => writeAt(document, path, undefined))] : [];
    case 'duplicate_connection':
    case 'wrong_kind':
    case 'wrong_port':
      return [...replaced(path, instead, isThere), ...withoutConnection(flow, path)];
    case 'port_in_use':
      // the port may be the usual one, which is not written down
      return instead === undefined
        ? []
        : [mend(`Use port ${instead}`, (document) => writeAt(document, path, Number(instead)))];
    default:
      return replaced(path, instead, isThere);
  }
};

const mend = (label: string, change: (flow: Flow) => unknown): Mend => ({
  label,
  edit: { title: label, change: (flow) => change(flow) as Flow },
});

const replaced = (path: ConfigPath, instead: string | undefined, isThere: boolean): readonly Mend[] =>
  instead === undefined || !isThere ? [] : [mend(`Use “${instead}”`, (document) => writeAt(document, path, instead))];

const withoutConnection = ({ connections }: Flow, [list, index]: ConfigPath): readonly Mend[] =>
  list === 'connections' && typeof index === 'number' && connections?.[index]
    ? [mend('Remove the connection', (document) => writeAt(document, ['connections', index], undefined))]
    : [];

/** The key keeps its place among those beside it. */
const renameKey =
  (path: ConfigPath, name: string) =>
  (flow: Flow): unknown => {
    const around = path.slice(0, -1);
    const before = readAt(flow, around) as Readonly<Record<string, unknown>>;
    const renamed = Object.entries(before).map(([key, value]) => [key === path.at(-1) ? name : key, value]);
    return writeAt(flow, around, Object.fromEntries(renamed));
  };

const withOwnId =
  (path: ConfigPath) =>
  (flow: Flow): unknown =>
    writeAt(flow, path, freeId(String(readAt(flow, path)), new Set(flow.components.map(({ id }) => id))));
