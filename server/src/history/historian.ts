import { join } from 'node:path';
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { z } from 'zod';
import { KeptFile } from '../access/kept-file.ts';
import { Settings } from '../config/settings.ts';
import { Lanes } from '../lanes/lanes.ts';
import { memoryOf } from '../machine/process-usage.ts';
import { Nats } from '../nats/nats.ts';
import { DiskSpace } from '../nats/storage/disk-space.ts';
import { Supervisor } from '../supervision/supervisor.ts';
import { CpuMeter } from './cpu-meter.ts';
import { seriesName } from './figures.ts';
import { FlowNotes, type Moment } from './flow-notes.ts';
import { HistoryClock, machineClocks, type Shift } from './history-clock.ts';
import { HistoryStore } from './history-store.ts';
import { ofServer, tiers } from './tiers.ts';

const Shifts = z.array(z.strictObject({ from: z.number(), by: z.number() }));
const { cellMs } = tiers[0]!;
/** A thread that was held up for so many cells noted nothing meanwhile: it is taken as having gone on as before. */
const mostHeldUp = 6;

/** Takes notes of all flows and of the server every ten seconds. */
@Injectable()
export class Historian implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly log = new Logger(Historian.name);
  readonly store: HistoryStore;
  clock: HistoryClock | undefined;
  private readonly shifts: KeptFile<Shift[]>;
  private readonly flows = new Map<string, FlowNotes>();
  private readonly cpu = new CpuMeter();
  private begun: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private noted: { readonly cell: number; readonly at: number } | undefined;

  constructor(
    settings: Settings,
    private readonly supervisor: Supervisor,
    private readonly lanes: Lanes,
    private readonly nats: Nats,
    private readonly disk: DiskSpace,
  ) {
    const folder = join(settings.dataDir, 'kept-history');
    this.shifts = new KeptFile(join(folder, 'clock.json'), Shifts);
    this.store = new HistoryStore(folder, settings.values.history.max_size, {
      mayGrow: () => disk.level !== 'full',
      warn: (msg, reason) => this.log.warn({ msg, reason }),
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.begin();
  }

  /** Resolves when what was noted before is read, and the clock of history goes. */
  async begin(): Promise<void> {
    return (this.begun ??= this.open());
  }

  private async open(): Promise<void> {
    await this.store.load();
    this.clock = new HistoryClock(machineClocks, this.readShifts(), this.store.lastMs);
    this.keepShifts();
    this.cpu.percentOf(this.processes(), 1);
    this.noted = { cell: Math.floor(this.clock.now() / cellMs) - 1, at: this.clock.now() };
    this.later();
  }

  /** What was counted until the end is noted, as far as a cell is over. */
  beforeApplicationShutdown(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.store.save();
  }

  private later(): void {
    const restMs = cellMs - (this.clock!.now() % cellMs);
    this.timer = setTimeout(() => {
      this.note();
      if (this.timer) this.later();
    }, restMs + 20);
  }

  /** Notes the cell that is over. */
  private note(): void {
    const clock = this.clock!;
    if (clock.look() !== 0) {
      this.log.warn({ msg: 'the clock was set; history goes on by its new time' });
      this.keepShifts();
    }
    const before = this.noted!;
    const now = clock.now();
    const cell = Math.floor(now / cellMs) - 1;
    if (cell <= before.cell) return;
    this.noted = { cell, at: now };
    const values = this.valuesOf({ elapsedS: (now - before.at) / 1000, wall: clock.shown(now) });
    const first = cell - before.cell <= mostHeldUp ? before.cell + 1 : cell;
    for (let each = first; each <= cell; each += 1) this.store.add(each, values);
  }

  private valuesOf(moment: Moment): Map<string, ReadonlyMap<string, number>> {
    const runs = this.supervisor.runs();
    const values = new Map<string, ReadonlyMap<string, number>>([[ofServer, this.valuesOfServer(moment)]]);
    for (const seen of runs) {
      const { flow } = seen.run;
      const notes = this.flows.get(flow) ?? new FlowNotes();
      this.flows.set(flow, notes);
      values.set(flow, notes.take(seen, moment));
    }
    for (const flow of this.flows.keys()) if (!values.has(flow)) this.flows.delete(flow);
    return values;
  }

  private valuesOfServer({ elapsedS }: Moment): Map<string, number> {
    const processes = this.processes();
    const cpu = this.cpu.percentOf(processes, elapsedS);
    const memory = processes.reduce((sum, id) => sum + (memoryOf(id) ?? 0), 0);
    return new Map([
      ...(cpu === undefined ? [] : [[seriesName('cpu'), cpu] as const]),
      [seriesName('memory'), memory],
      [seriesName('disk_used'), this.disk.usedRatio * 100],
    ]);
  }

  private processes(): number[] {
    const nats = this.nats.serverProcess;
    return [process.pid, ...this.lanes.all().map(({ processId }) => processId), ...(nats === undefined ? [] : [nats])];
  }

  private readShifts(): Shift[] {
    try {
      return this.shifts.read() ?? [];
    } catch (thrown) {
      this.log.warn({ msg: 'what was noted of set clocks cannot be read', reason: String(thrown) });
      return [];
    }
  }

  private keepShifts(): void {
    try {
      this.shifts.write([...this.clock!.kept]);
    } catch (thrown) {
      this.log.warn({ msg: 'that the clock was set cannot be written down', reason: String(thrown) });
    }
  }
}
