import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type BeforeApplicationShutdown,
  Optional,
} from '@nestjs/common';
import { DiskSpace } from './storage/disk-space.ts';
import { Nats } from './nats.ts';
import { systemBucket } from './storage/stored-data.ts';

export interface WatchdogTiming {
  readonly lookMs: number;
  /** How long the server may take for one answer. */
  readonly answerMs: number;
  /** How long it may be without a good answer before it is started again; as long it is left alone after that. */
  readonly patienceMs: number;
}
export const WatchdogTiming = Symbol('WatchdogTiming');

const usualTiming: WatchdogTiming = { lookMs: 5000, answerMs: 3000, patienceMs: 20_000 };

/**
 * Starts the own nats-server again when it lives and does not work: frozen, or stuck after the disk was full. While the
 * disk is full that would be of no use, so it waits for room. After that it is also tried whether something can be stored.
 */
@Injectable()
export class Watchdog implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private looking: NodeJS.Timeout | undefined;
  private lastGood = performance.now();
  private mustTryStoring = false;
  private isBusy = false;

  constructor(
    private readonly nats: Nats,
    private readonly disk: DiskSpace,
    @Optional() @Inject(WatchdogTiming) private readonly timing: WatchdogTiming = usualTiming,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.nats.isManaged) return;
    this.disk.onChange((level) => (this.mustTryStoring ||= level === 'full'));
    this.looking = setInterval(() => void this.lookOnce(), this.timing.lookMs).unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.looking);
  }

  private async lookOnce(): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      if (!this.nats.hasBeenConnected || this.disk.level === 'full' || (await this.works()))
        this.lastGood = performance.now();
      else if (performance.now() - this.lastGood > this.timing.patienceMs) {
        const silentMs = Math.round(performance.now() - this.lastGood);
        await this.nats.restartServer(`it lives and has not worked for ${silentMs} ms`);
        this.lastGood = performance.now();
      }
    } finally {
      this.isBusy = false;
    }
  }

  private async works(): Promise<boolean> {
    try {
      const data = await this.nats.storedData();
      await data.answers(this.timing.answerMs);
      if (this.mustTryStoring) {
        await data.put(systemBucket, 'probe', new TextEncoder().encode('"stored"'));
        this.mustTryStoring = false;
      }
      return true;
    } catch {
      return false;
    }
  }
}
