import { realpathSync } from 'node:fs';
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
  private reachOfFlows: Reach | undefined;
  private readonly listeners = new Set<(change: SettingsChange) => void>();

  /** @param ownFiles files that settings were read from */
  constructor(
    private inForce: SettingsValues,
    private readonly ownFiles: readonly string[] = [],
  ) {}

  get values(): SettingsValues {
    return this.inForce;
  }

  get name(): string {
    return this.values.name === '' ? hostname() : this.values.name;
  }

  get dataDir(): string {
    return resolve(this.values.data_dir);
  }

  /** How far flows reach. Made once, while the server starts: what it is given lies on drives that answer then. */
  get reach(): Reach {
    return (this.reachOfFlows ??= this.makeReach());
  }

  private makeReach(): Reach {
    const { network, files, secrets } = this.values;
    return {
      network: network.allowed,
      secretVariables: secrets.variables,
      files: {
        dataDir: this.dataDir,
        allowed: files.allowed.map((folder) => resolve(folder)),
        readable: files.readable.map((folder) => resolve(folder)),
        tls: files.tls.map((folder) => resolve(folder)),
        unreachable: this.ownPlaces(),
      },
    };
  }

  /**
   * Files and folders that the server itself is told by settings, wherever they lie: what it reads its settings, keys, flows and
   * component types from, and keeps backups in. Who writes there decides what the server does. What the server can start
   * without may lie on a drive that does not answer, so nobody looks where that really is.
   */
  private ownPlaces(): readonly string[] {
    const { secrets_dir, tls, nats, flows_dir, components_dir } = this.values;
    const files = [secrets_dir, tls.key_file, nats.nkey_file, nats.credentials_file, nats.tls.key_file];
    const folders = [flows_dir, components_dir, this.backupFolder]
      .filter((path) => path !== '')
      .map((path) => resolve(path));
    return [...[...this.ownFiles, ...files].filter((path) => path !== '').map(realOf), ...folders];
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

/** What is not there is what it is called. */
const realOf = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
};

export const settingsOf = (values: SettingsValues, ownFiles: readonly string[] = []): Settings =>
  new Settings(deeplyFrozen(values), ownFiles);

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
