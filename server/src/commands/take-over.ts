import { resolve } from 'node:path';
import { readSettings } from '../config/read-settings.ts';
import { settingsOf } from '../config/settings.ts';
import { externalAccess } from '../nats/connection/access.ts';
import { instanceId } from '../nats/lease/instance-id.ts';
import { takeOver as takeOverAt } from '../nats/lease/take-over.ts';
import { type Command, CommandFailed } from './command.ts';

/** Takes the NATS account over for the server of these settings, from whichever server uses it. */
export const takeOver: Command = {
  options: { config: { type: 'string' } },
  mostWords: 0,
  run: async ({ values }) => {
    const settings = settingsOf(readSettings(values['config']).values);
    const { nats } = settings.values;
    if (nats.url === '')
      throw new CommandFailed('the own nats-server is used by nobody else: "nats.url" names no other one');
    const before = await takeOverAt(externalAccess(nats), {
      instance: instanceId(resolve(settings.dataDir)),
      name: settings.name,
    }).catch((cause: Error) => {
      throw new CommandFailed(`it cannot be taken over: ${cause.message}`, { cause });
    });
    console.log(
      before === undefined
        ? `nobody used it; it is kept for "${settings.name}" now: start it`
        : `it was used by ${before}, which steps back within seconds; it is kept for "${settings.name}" now: start it`,
    );
    return 0;
  },
};
