import { json } from 'node:stream/consumers';
import { Health, paths } from '@semstreams/contract';
import { readSettings } from '../config/read-settings.ts';
import type { Command } from './command.ts';
import { shownKey } from '../asking/shown-key.ts';
import { ask, ownServer } from '../asking/own-server.ts';

/** Longer than a busy device needs, shorter than container engines wait. */
const patienceMs = 4000;

/** Asks the running server how it is: 0 where it is healthy or degraded, 1 where it is unhealthy or does not answer. */
export const health: Command = {
  options: { config: { type: 'string' } },
  mostWords: 0,
  run: async ({ values }) => {
    const settings = readSettings(values['config']).values;
    const answer = await ask(ownServer(settings), { path: paths.health, headers: shownKey(settings), patienceMs });
    const { status, sentences } = Health.parse(await json(answer));
    console.log([status, ...sentences].join('\n'));
    return answer.statusCode === 200 ? 0 : 1;
  },
};
