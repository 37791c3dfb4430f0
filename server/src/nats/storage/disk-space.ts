import { statfs } from 'node:fs/promises';
import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit, Optional } from '@nestjs/common';
import { checkWritable, diskProblemOf } from '../../machine/disk-problem.ts';
import { keepReserve } from '../../machine/reserve.ts';
import { DoesNotAnswer, patientLooks } from '../../machine/patient-look.ts';
import { Settings } from '../../config/settings.ts';
import { Quarantine } from './quarantine.ts';

export const diskLevels = ['ok', 'low', 'full'] as const;
/** `low`: people are warned. `full`: what is kept must not grow. */
export type DiskLevel = (typeof diskLevels)[number];

/** Blocks of a file system as `statfs` tells them. */
export interface Blocks {
  readonly bsize: number;
  readonly blocks: number;
  readonly bfree: number;
  /** Free for those who are not root. */
  readonly bavail: number;
}
export type MeasureDisk = (folder: string) => Promise<Blocks>;
export const MeasureDisk = Symbol('MeasureDisk');

/** How often the disk is looked at, in milliseconds. */
const lookMs = 5000;
/** How far below a watermark it must come, in percent, before the level sinks: it must not flicker. */
const slack = 1;
const source = 'disk';

/** How full the file system of the data folder is, by the watermarks of the settings. */
@Injectable()
export class DiskSpace implements OnModuleInit, OnApplicationShutdown {
  private readonly log = new Logger(DiskSpace.name);
  private readonly listeners = new Set<(level: DiskLevel) => void>();
  private looking: NodeJS.Timeout | undefined;
  private present: DiskLevel = 'ok';
  private unwritable: string | undefined;
  private trying: Promise<void> | undefined;
  private used = 0;
  private free = 0;

  private readonly patiently: ReturnType<typeof patientLooks>;

  constructor(
    private readonly settings: Settings,
    private readonly quarantine: Quarantine,
    @Optional() @Inject(MeasureDisk) private readonly measure: MeasureDisk = statfs,
  ) {
    this.patiently = patientLooks(settings.dataDir, lookMs);
  }

  get level(): DiskLevel {
    return this.present;
  }

  /** Whether it takes nothing at all, such as one that was made read-only since it fails. */
  get isUnwritable(): boolean {
    return this.unwritable !== undefined;
  }

  /** From 0 to 1. */
  get usedRatio(): number {
    return this.used;
  }

  get freeBytes(): number {
    return this.free;
  }

  onChange(listener: (level: DiskLevel) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async onModuleInit(): Promise<void> {
    await this.look();
    if (this.present === 'ok') await keepReserve(this.settings.dataDir);
    this.looking = setInterval(() => void this.look(), lookMs).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.looking);
  }

  /** Looks at the disk now. Where that cannot be done the level stays; a disk that does not answer is told of. */
  async look(): Promise<void> {
    try {
      this.take(await this.patiently(async () => this.measure(this.settings.dataDir)));
      this.trying ??= this.tryWriting();
    } catch (thrown) {
      if (thrown instanceof DoesNotAnswer) this.quarantine.tell(source, thrown.message, 'everybody');
      this.log.debug({ msg: 'the disk cannot be looked at', reason: String(thrown) });
    }
  }

  /** A disk with much to write may take long for it: that is nothing to tell of. */
  private async tryWriting(): Promise<void> {
    const problem = await checkWritable(this.settings.dataDir).then(() => undefined, diskProblemOf);
    this.trying = undefined;
    if (problem === this.unwritable) return;
    this.unwritable = problem;
    this.quarantine.tell(source, this.sentence(this.present), 'everybody');
    if (problem === undefined) this.log.log({ msg: 'the disk can be written again' });
    else this.log.error({ msg: 'the disk cannot be written', reason: problem });
  }

  private take({ bsize, blocks, bfree, bavail }: Blocks): void {
    const usedBlocks = blocks - bfree;
    this.used = usedBlocks + bavail === 0 ? 0 : usedBlocks / (usedBlocks + bavail);
    this.free = bavail * bsize;
    const level = levelOf(this.used * 100, this.present, this.settings.values.disk);
    this.quarantine.tell(source, this.sentence(level), 'everybody');
    if (level === this.present) return;
    this.present = level;
    this.log[level === 'ok' ? 'log' : level === 'low' ? 'warn' : 'error']({
      msg: `disk space is ${level}`,
      used_percent: Math.round(this.used * 100),
      free_bytes: this.free,
    });
    if (level === 'ok') void keepReserve(this.settings.dataDir);
    for (const listener of this.listeners) listener(level);
  }

  private sentence(level: DiskLevel): string | undefined {
    if (this.unwritable !== undefined) return this.unwritable;
    if (level === 'ok') return undefined;
    const { warn_at, stop_at } = this.settings.values.disk;
    const free = `less than ${100 - (level === 'low' ? warn_at : stop_at)} % of the disk of "${this.settings.dataDir}" is free`;
    return level === 'low'
      ? `${free}: make room, or buffers stop growing at ${stop_at} %`
      : `${free}: buffers do not grow any more; make room and everything goes on by itself`;
  }
}

export const levelOf = (
  usedPercent: number,
  before: DiskLevel,
  { warn_at, stop_at }: { readonly warn_at: number; readonly stop_at: number },
): DiskLevel => {
  const isAbove = (mark: number, wasAbove: boolean) => usedPercent >= (wasAbove ? mark - slack : mark);
  if (isAbove(stop_at, before === 'full')) return 'full';
  return isAbove(warn_at, before !== 'ok') ? 'low' : 'ok';
};
