import type { Health, System } from '@semstreams/contract';
import type { LoadedSettings } from '../config/load-settings.ts';
import type { Account } from '../nats/lease/account.ts';
import type { Door } from '../nats/connection/knock.ts';

/** What a check found. `hint` says what to do. */
export interface Verdict {
  readonly state: 'passed' | 'warning' | 'failed';
  readonly sentence: string;
  readonly hint?: string;
}

/** One line of the production checklist. */
export interface Check {
  readonly id: string;
  readonly title: string;
  readonly run: (installation: Installation) => Verdict | Promise<Verdict>;
}

/** What is known of the process of the running server; undefined where the system does not tell. */
export interface ServerProcess {
  readonly user: number | undefined;
  readonly isRootReadOnly: boolean | undefined;
  readonly isInContainer: boolean;
  /** Limits of its control group: bytes and cores; undefined where there is none. */
  readonly memoryLimit: number | undefined;
  readonly cpuLimit: number | undefined;
}

/** The running installation, as far as it can be seen from here. */
export interface Installation {
  readonly settings: LoadedSettings;
  readonly process: ServerProcess;
  /** Undefined where the server does not answer. */
  readonly health: Health | undefined;
  readonly system: System | undefined;
  readonly hasMetrics: boolean;
  readonly door: Door;
  /** What the login finds at an external NATS; undefined where the server runs its own. */
  readonly account: Account | undefined;
  /** Id of the data folder, where it has one. */
  readonly instance: string | undefined;
  /** Whether the port of an external NATS is open at the machine that runs this container; undefined where that cannot be seen. */
  readonly isNatsPublished: boolean | undefined;
  /** The limit of JetStream on disk in bytes; undefined where it cannot be seen or there is none. */
  readonly fileStoreLimit: number | undefined;
  readonly disk: { readonly usedPercent: number; readonly freeBytes: number } | undefined;
  /** When the newest backup was written. */
  readonly lastBackup: Date | undefined;
  readonly now: Date;
  /** When this version was built: no clock can be before. */
  readonly builtAt: Date | undefined;
}

export const passed = (sentence: string): Verdict => ({ state: 'passed', sentence });
export const warning = (sentence: string, hint: string): Verdict => ({ state: 'warning', sentence, hint });
export const failed = (sentence: string, hint: string): Verdict => ({ state: 'failed', sentence, hint });
