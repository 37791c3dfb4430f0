import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import type { Reach } from '../reach/reach.ts';
import { settingEntries, type SettingsValues } from './settings.schema.ts';

export interface SettingsChange {
  /** Settings that changed and are in force now, by their path with dots. */
  readonly taken: readonly string[];
  /** Settings that changed and wait for a restart. */
  readonly waiting: readonly string[];
}

/** What is in force; the class is the token by which Nest hands it out. Values may change while the server runs: read them when they are needed. */
export class Settings {
  private readonly listeners = new Set<(change: SettingsChange) => void>();

  constructor(private inForce: SettingsValues) {}

  get values(): SettingsValues {
    return this.inForce;
  }

  get name(): string {
    return this.values.name === '' ? hostname() : this.values.name;
  }

  get dataDir(): string {
    return resolve(this.values.data_dir);
  }

  get reach(): Reach {
    return { network: this.values.network.allowed };
  }

  get backupFolder(): string {
    const { folder } = this.values.backup;
    return folder === '' ? join(this.dataDir, 'backups') : resolve(folder);
  }

  /** Takes what may change while the server runs, and tells those who listen. */
  take(next: SettingsValues): SettingsChange {
    const changed = settingEntries().filter(
      ({ path }) => JSON.stringify(read(this.inForce, path)) !== JSON.stringify(read(next, path)),
    );
    const values = structuredClone(this.inForce);
    for (const { path } of changed.filter(({ isReloaded }) => isReloaded)) write(values, path, read(next, path));
    this.inForce = deeplyFrozen(values);
    const names = (isReloaded: boolean) =>
      changed.filter((entry) => entry.isReloaded === isReloaded).map(({ path }) => path.join('.'));
    const change = { taken: names(true), waiting: names(false) };
    if (change.taken.length > 0) for (const listener of this.listeners) listener(change);
    return change;
  }

  onChange(listener: (change: SettingsChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

export const settingsOf = (values: SettingsValues): Settings => new Settings(deeplyFrozen(values));

type Tree = Record<string, unknown>;

const read = (values: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Tree)[key], values);

const write = (values: unknown, path: readonly string[], value: unknown): void => {
  (read(values, path.slice(0, -1)) as Tree)[path.at(-1)!] = value;
};

const deeplyFrozen = <Value>(value: Value): Value => {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(deeplyFrozen);
  return Object.freeze(value);
};
