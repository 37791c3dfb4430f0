import { RE2JS } from 're2js';
import type { Line } from '../../../component-kit/content/cut-lines.ts';
import type { Harvest } from '../../../component-kit/formats/harvest.ts';
import { patternSize } from '../../../component-kit/rules/pattern-size.ts';
import { InvalidMessage } from '../../../engine/fault.ts';

/** What all lines of a message may take together: characters by the size of the pattern, some seconds at most. */
const mostSteps = 50_000_000;

/**
 * What the names of a pattern stand for in each line; a name that takes no part is left out, and a line without the pattern is
 * refused. Takes a time that grows with the text alone, and throws an InvalidMessage where that would be too long.
 */
export const patternReader = (
  pattern: string,
  readField: (name: string) => (text: string) => unknown,
): ((lines: Iterable<Line>, harvest: Harvest) => void) => {
  const compiled = RE2JS.compile(pattern);
  const groups = Object.keys(compiled.namedGroups()).map((name) => ({ name, read: readField(name) }));
  const size = patternSize(pattern);

  const readLine = ({ text, number }: { readonly text: string; readonly number: number }, harvest: Harvest): void => {
    const match = compiled.matcher(text);
    if (!match.find()) return harvest.refuse(`line ${number}: the pattern is not in it`, text);
    const fields: [string, unknown][] = [];
    for (const { name, read } of groups) {
      const found = match.group(name);
      if (found === null || found === undefined) continue;
      const value = read(found);
      if (value === undefined)
        return harvest.refuse(`line ${number}: "${found.slice(0, 60)}" is not what "${name}" holds`, text);
      fields.push([name, value]);
    }
    harvest.record(Object.fromEntries(fields), text.length + 20 * groups.length);
  };

  return (lines, harvest) => {
    let steps = 0;
    for (const { text = '', number } of lines) {
      if (text.trim() === '') continue;
      steps += size * text.length;
      if (steps > mostSteps)
        throw new InvalidMessage(
          `line ${number}: to look for the pattern in so much text would take too long: split it before, or repeat less in the pattern`,
        );
      readLine({ text, number }, harvest);
    }
  };
};
