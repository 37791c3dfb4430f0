import { SettingsError } from '../config/settings-error.ts';
import type { Command } from './command.ts';
import { type Completed, shells } from './shells.ts';

type Commands = Readonly<Record<string, () => Promise<Command>>>;

/** Prints what a shell needs to complete the words of `semstreams`: `source <(semstreams completion bash)`. */
export const completionOf = (commands: Commands): Command => ({
  options: {},
  words: Object.keys(shells),
  mostWords: 1,
  run: async ({ positionals: [shell = ''] }) => {
    const script = Object.hasOwn(shells, shell) ? shells[shell] : undefined;
    if (!script) throw new SettingsError(`say for which shell: semstreams completion ${Object.keys(shells).join('|')}`);
    console.log(script(await completed(commands)));
    return 0;
  },
});

/** The words of each command, from what it takes. */
const completed = async (commands: Commands): Promise<Completed> =>
  Object.fromEntries(
    await Promise.all(
      Object.entries(commands).map(async ([name, load]) => {
        const { options, words = [] } = await load();
        return [name, { words, options: Object.keys(options).map((option) => `--${option}`) }] as const;
      }),
    ),
  );
