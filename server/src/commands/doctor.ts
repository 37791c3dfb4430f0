import { readSettings } from '../config/read-settings.ts';
import { examine } from '../doctor/examine.ts';
import { lookAround } from '../doctor/look-around.ts';
import type { Command } from './command.ts';

/** Goes through the production checklist on the running installation: 0 where nothing failed, 1 where something did. */
export const doctor: Command = {
  options: { config: { type: 'string' }, json: { type: 'boolean' } },
  mostWords: 0,
  run: async ({ values, flags }) => {
    const report = await examine(await lookAround(readSettings(values['config'])));
    console.log(flags.has('json') ? JSON.stringify(report, null, 2) : report.text());
    return report.failed > 0 ? 1 : 0;
  },
};
