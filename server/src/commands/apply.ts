import { Applied, paths } from '@semstreams/contract';
import { flowsIn } from '../asking/flow-files.ts';
import { SettingsError } from '../config/settings-error.ts';
import { answered, askingOptions, show } from './answers.ts';
import type { Command, Given } from './command.ts';

/** Exit code of a look that found something to change. */
const differs = 3;

export const applyOptions = {
  ...askingOptions,
  file: { type: 'string', short: 'f' },
  'dry-run': { type: 'boolean' },
  prune: { type: 'boolean' },
  'no-deploy': { type: 'boolean' },
  'discard-waiting': { type: 'boolean' },
  wait: { type: 'string' },
} as const;

/** Makes the flows of files or folders what should run, all or none. */
export const apply: Command = {
  options: applyOptions,
  mostWords: 20,
  run: async (given) => {
    await applied(given, pathsOf(given));
    return 0;
  },
};

export const pathsOf = ({ values, positionals }: Given): readonly string[] => {
  const named = [...(values['file'] === undefined ? [] : [values['file']]), ...positionals];
  if (named.length === 0) throw new SettingsError('name the files or a folder: semstreams apply -f FOLDER');
  return named;
};

/** Says what differs between the files and the server, and changes nothing; 3 where something does. */
export const difference = async (given: Given): Promise<number> =>
  (await applied({ ...given, flags: new Set([...given.flags, 'dry-run']) }, pathsOf(given))).changed ? differs : 0;

/** What applying the flows of files did; shown, too. */
export const applied = async (given: Given, files: readonly string[]): Promise<Applied> => {
  const { flags, values } = given;
  const flows = (await flowsIn(files)).map(({ document }) => document);
  const query = new URLSearchParams({
    dry_run: String(flags.has('dry-run')),
    prune: String(flags.has('prune')),
    deploy: String(!flags.has('no-deploy')),
    discard_waiting: String(flags.has('discard-waiting')),
    ...(values['wait'] === undefined ? {} : { wait: values['wait'] }),
  });
  const body = { flows };
  const outcome = Applied.parse(await answered(given, { method: 'POST', path: `${paths.apply}?${query}`, body }));
  show(given, outcome, () => outcome.flows.map(({ sentence }) => [sentence]));
  return outcome;
};
