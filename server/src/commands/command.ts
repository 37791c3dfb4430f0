import { parseArgs, type ParseArgsConfig } from 'node:util';
import { SettingsError } from '../config/settings-error.ts';

/** What was written behind the name of a command. */
export interface Given {
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly flags: ReadonlySet<string>;
  readonly positionals: readonly string[];
}

/** What was asked for could not be done; the message is one line that says why. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

/** Something that `semstreams` does. */
export interface Command {
  readonly options: NonNullable<ParseArgsConfig['options']>;
  /** What the first word behind it may be, where there is a choice. */
  readonly words?: readonly string[];
  /** How many words may stand behind it that are no options. */
  readonly mostWords: number;
  /** Resolves with the exit code. Rejects with a SettingsError where it was not used as it is meant. */
  run(given: Given): Promise<number>;
}

/** Throws a SettingsError in one line where the words do not fit the command. */
export const parseGiven = (command: Command, words: readonly string[]): Given => {
  const { values, positionals } = parsed(command, words);
  const surplus = positionals[command.mostWords];
  if (surplus !== undefined) throw new SettingsError(`"${surplus}" is not understood here; see "semstreams --help"`);
  const entries = Object.entries(values);
  return {
    values: Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
    flags: new Set(entries.flatMap(([name, value]) => (value === true ? [name] : []))),
    positionals,
  };
};

const parsed = ({ options }: Command, words: readonly string[]) => {
  try {
    return parseArgs({ args: [...words], allowPositionals: true, options });
  } catch (cause) {
    throw new SettingsError(`${(cause as Error).message.split('. ')[0]}; see "semstreams --help"`, { cause });
  }
};
