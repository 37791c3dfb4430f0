import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { type LoadedSettings, loadSettings, SettingsError } from './load-settings.ts';
import type { SettingsValues } from './settings.schema.ts';

const usualFile = '/etc/semstreams/config.json';

/** What is in force, frozen; the class is the token by which Nest hands it out. */
export abstract class Settings {
  abstract readonly values: SettingsValues;

  get name(): string {
    return this.values.name === '' ? hostname() : this.values.name;
  }

  get dataDir(): string {
    return resolve(this.values.data_dir);
  }
}

export const settingsOf = (values: SettingsValues): Settings => {
  const frozen = Object.freeze(values);
  return new (class extends Settings {
    readonly values = frozen;
  })();
};

/** Settings of this process: from `--config`, else `SEMSTREAMS_CONFIG`, else the usual file where it exists. */
export const readSettings = (fileOption: string | undefined): LoadedSettings => {
  const named = fileOption ?? process.env['SEMSTREAMS_CONFIG'];
  const path = named ?? (existsSync(usualFile) ? usualFile : undefined);
  const read = (file: string) => readFileSync(file, 'utf8');
  if (path === undefined) return loadSettings(process.env, undefined, read);
  try {
    return loadSettings(process.env, { path, text: read(path) }, read);
  } catch (thrown) {
    if (thrown instanceof SettingsError) throw thrown;
    throw new SettingsError(`the settings file "${path}" cannot be read`, { cause: thrown });
  }
};
