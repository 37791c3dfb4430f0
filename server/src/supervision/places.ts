import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { placesFolder } from '../component-kit/files/places-folder.ts';
import { Settings } from '../config/settings.ts';

/** How far the inputs of flows have read their files. They note it themselves; see `PlaceKeeper`. */
@Injectable()
export class Places {
  constructor(private readonly settings: Settings) {}

  /** A flow that is made anew under this id reads anew. */
  async forget(flow: string): Promise<void> {
    await rm(join(this.settings.dataDir, placesFolder, flow), { recursive: true, force: true });
  }
}
