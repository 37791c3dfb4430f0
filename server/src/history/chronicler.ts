import { join } from 'node:path';
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Audit } from '../access/audit.ts';
import { about } from '../config/about.ts';
import { Settings } from '../config/settings.ts';
import { DiskSpace } from '../nats/storage/disk-space.ts';
import { Nats } from '../nats/nats.ts';
import type { Happened } from '../supervision/observed/happened.ts';
import { Supervisor } from '../supervision/supervisor.ts';
import { deedAsHappened } from './deed-as-happened.ts';
import { Happenings } from './happenings.ts';
import { Historian } from './historian.ts';
import { LineFile } from './line-file.ts';
import { LinkWatch } from './link-watch.ts';

/** How often links and NATS are looked at, in milliseconds. */
const lookMs = 2000;
const mostLines = 12_000;

/** Gathers what happens, from all who see it. */
@Injectable()
export class Chronicler implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly log = new Logger(Chronicler.name);
  readonly happenings: Happenings;
  private readonly file: LineFile;
  private readonly links = new LinkWatch();
  private looking: NodeJS.Timeout | undefined;
  private wasConnected: boolean | undefined;
  private readonly forget: (() => void)[] = [];

  constructor(
    settings: Settings,
    private readonly historian: Historian,
    private readonly supervisor: Supervisor,
    private readonly audit: Audit,
    private readonly nats: Nats,
    private readonly disk: DiskSpace,
  ) {
    this.file = new LineFile(join(settings.dataDir, 'kept-history', 'happenings.ndjson'), {
      mostLines,
      mayGrow: () => disk.level !== 'full',
      onFailure: (thrown) =>
        this.log.warn({ msg: 'what happened cannot be written down; it is tried again', reason: String(thrown) }),
    });
    this.happenings = new Happenings(this.file, {
      now: () => historian.clock!.now(),
      shown: (at) => historian.clock!.shown(at),
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    const tell = (happened: Happened): void => this.happenings.add(happened);
    await this.historian.begin();
    await this.happenings.load();
    this.tellOfStart(tell);
    this.forget.push(
      this.supervisor.onHappened(tell),
      this.audit.onDeed((note) => {
        const happened = deedAsHappened(note);
        if (happened) tell(happened);
      }),
      this.disk.onChange((level) =>
        tell({
          kind: 'disk',
          level: level === 'ok' ? 'info' : level === 'low' ? 'warn' : 'error',
          sentence: sentencesOfDisk[level],
        }),
      ),
    );
    this.looking = setInterval(() => this.look(tell), lookMs);
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.looking);
  }

  async onApplicationShutdown(): Promise<void> {
    for (const forget of this.forget) forget();
    // a server that did not come up has nothing to tell
    if (!this.historian.clock) return;
    this.happenings.add({ kind: 'server_ended', level: 'info', sentence: 'the server was ended' });
    await this.file.save();
  }

  private tellOfStart(tell: (happened: Happened) => void): void {
    const last = this.happenings.all().findLast(({ kind }) => kind === 'server_ended' || kind === 'server_started');
    const wasCut = last?.kind === 'server_started';
    tell({
      kind: 'server_started',
      level: wasCut ? 'warn' : 'info',
      sentence: `SemStreams ${about.version} was started${wasCut ? '; before, it ended without being stopped, as by a power cut' : ''}`,
    });
  }

  private look(tell: (happened: Happened) => void): void {
    for (const happened of this.links.look(this.supervisor.links())) tell(happened);
    const isConnected = this.nats.state === 'connected';
    if (this.wasConnected !== undefined && isConnected !== this.wasConnected)
      tell(
        isConnected
          ? { kind: 'nats_back', level: 'info', sentence: 'NATS can be asked again' }
          : { kind: 'nats_lost', level: 'error', sentence: this.nats.sentence ?? 'NATS is away' },
      );
    if (isConnected || this.wasConnected !== undefined) this.wasConnected = isConnected;
  }
}

const sentencesOfDisk = {
  ok: 'there is room on the disk again',
  low: 'the disk is nearly full',
  full: 'the disk is full: buffers do not grow any more',
} as const;
