import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Drafts } from './drafts.ts';
import { Versions } from './versions.ts';

/** How long it waits for NATS between two tries, in milliseconds. */
const restMs = 1000;

/** Reads all that is kept of flows once at the start, so that what is damaged is named before somebody needs it. */
@Injectable()
export class FirstLook implements OnApplicationBootstrap {
  constructor(
    private readonly drafts: Drafts,
    private readonly versions: Versions,
  ) {}

  onApplicationBootstrap(): void {
    void this.look();
  }

  private async look(): Promise<void> {
    try {
      await this.drafts.entries();
      await this.versions.readAll();
    } catch {
      // NATS is away at this moment, and whoever needs it says so
      setTimeout(() => void this.look(), restMs).unref();
    }
  }
}
