import { readSettings } from '../config/read-settings.ts';
import { showSettings } from '../config/show-settings.ts';
import { readCertificate } from '../web/certificate.ts';
import type { Command } from './command.ts';

/** Says what is in force, or whether a file could be; the files of TLS are read as at a start. */
export const config: Command = {
  options: { config: { type: 'string' }, check: { type: 'string' } },
  mostWords: 0,
  run: async ({ values: { config: named, check } }) => {
    const loaded = readSettings(check ?? named);
    if (check === undefined) console.log(showSettings(loaded));
    else {
      if (loaded.values.tls.enabled) readCertificate(loaded.values.tls);
      console.log(`"${check}" can be used`);
    }
    return 0;
  },
};
