import { commandsIn } from './commands-in.mjs';

/**
 * What is wrong between pages and the table of their commands, a sentence for each: a command that nobody answers for, a
 * line of the table that no page has, a test that is not there or does not run it, a reason that its reader cannot see.
 * `read` answers with the text of a file, or undefined.
 */
export const judgeDocs = ({ pages, table, read }) => [
  ...pages.flatMap((page) => judgePage({ page, markdown: read(page), entries: table[page] ?? {}, read })),
  ...Object.keys(table)
    .filter((page) => !pages.includes(page))
    .map((page) => `docs/commands.mjs names "${page}", which is no page`),
];

const judgePage = ({ page, markdown, entries, read }) => {
  const found = commandsIn(markdown);
  const known = new Set(found.map(({ command }) => command));
  return [
    ...found.flatMap(({ line, command }) => {
      const entry = entries[command];
      const fault = entry === undefined ? 'it is missing in docs/commands.mjs' : faultOf(entry, markdown, read);
      return fault === undefined ? [] : [`${page}:${line} "${command}": ${fault}`];
    }),
    ...Object.keys(entries)
      .filter((command) => !known.has(command))
      .map((command) => `docs/commands.mjs has "${command}", which ${page} has not`),
  ];
};

const faultOf = ({ where, file, words, because }, markdown, read) => {
  if (where !== undefined) return undefined;
  if (because !== undefined) return flat(markdown).includes(because) ? undefined : `the page does not say "${because}"`;
  const text = read(file);
  if (text === undefined) return `there is no test "${file}"`;
  return flat(text).includes(words) ? undefined : `"${file}" does not have ${words}`;
};

/** Where lines break says nothing. */
const flat = (text) => text.replace(/\s+/g, ' ');
