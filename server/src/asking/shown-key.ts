import { resolve } from 'node:path';
import { readLocalKey } from '../access/local-key.ts';
import type { SettingsValues } from '../config/settings.schema.ts';

/**
 * What a command shows to the server that it asks: the token in `SEMSTREAMS_TOKEN`; else, to the server of these settings on this
 * machine, the key in its data folder, where this user may read it.
 */
export const shownKey = (
  ofThisMachine: Pick<SettingsValues, 'data_dir'> | undefined,
): Readonly<Record<string, string>> => {
  const token = process.env['SEMSTREAMS_TOKEN'] || (ofThisMachine && readLocalKey(resolve(ofThisMachine.data_dir)));
  return token ? { authorization: `Bearer ${token}` } : {};
};
