import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { type FromLane, idle, type LaneSetup, pulse, type RunId, type ToLane } from './lane-protocol.ts';

/** Why a lane ended, and the flow and component at work at that moment, where that is known. */
export interface LaneEnd {
  readonly cause: 'stalled' | 'crashed' | 'out_of_memory' | 'closed';
  readonly sentence: string;
  readonly run: RunId | undefined;
  readonly component: number | undefined;
}

export interface LaneOptions {
  readonly setup: Omit<LaneSetup, 'pulse'>;
  readonly memoryLimitBytes: number;
  /** CPU time that a lane may spend without coming back to its event loop, in milliseconds. */
  readonly stallMs: number;
  readonly onMessage: (message: FromLane) => void;
  /** Called exactly once. */
  readonly onEnd: (end: LaneEnd) => void;
}

/** How often the pulse is felt, in milliseconds. */
const watchMs = 250;
/** A lane that gets hardly any CPU is given this many times as long before it counts as stalled. */
const starvedFactor = 10;

/** A worker thread that runs flows, watched from the main thread. */
export class Lane {
  private readonly worker: Worker;
  private readonly marks: Int32Array;
  private readonly watch: NodeJS.Timeout;
  private thread: number | undefined;
  private isReady = false;
  private hasEnded = false;
  private lastFelt = performance.now();
  private lastBeat = { count: 0, at: performance.now(), cpuMs: 0 };

  constructor(private readonly options: LaneOptions) {
    const shared = new SharedArrayBuffer(pulse.length * Int32Array.BYTES_PER_ELEMENT);
    this.marks = new Int32Array(shared);
    this.marks[pulse.component] = idle;
    const setup: LaneSetup = { ...options.setup, pulse: shared };
    this.worker = new Worker(new URL('./lane-worker.js', import.meta.url), {
      workerData: setup,
      resourceLimits: { maxOldGenerationSizeMb: Math.ceil(options.memoryLimitBytes / 1024 ** 2) },
    });
    this.worker.on('message', (message: FromLane) => this.receive(message));
    this.worker.on('error', (error: Error & { readonly code?: string }) => this.crashed(error));
    this.worker.on('exit', () => this.end('crashed', 'the lane ended by itself'));
    this.watch = setInterval(() => this.feelPulse(), watchMs);
  }

  post(message: ToLane): void {
    if (!this.hasEnded) this.worker.postMessage(message);
  }

  /** Ends the thread. What its flows still had in hand is lost, so stop them before. */
  async close(): Promise<void> {
    this.end('closed', 'the lane was closed');
    await this.worker.terminate();
  }

  private receive(message: FromLane): void {
    if (this.hasEnded) return;
    if (message.kind === 'ready') {
      this.isReady = true;
      this.thread = message.thread;
    }
    this.options.onMessage(message);
  }

  private crashed(error: Error & { readonly code?: string }): void {
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY')
      this.end('out_of_memory', 'it needed more memory than a lane may have');
    else this.end('crashed', `it crashed: ${error.message}`);
  }

  private feelPulse(): void {
    const now = performance.now();
    const count = Atomics.load(this.marks, pulse.beats);
    const cpuMs = threadCpuMs(this.thread);
    // a main thread that was held up itself cannot judge
    const isLate = now - this.lastFelt > 2 * watchMs;
    this.lastFelt = now;
    if (!this.isReady || isLate || count !== this.lastBeat.count) {
      this.lastBeat = { count, at: now, cpuMs: cpuMs ?? 0 };
      return;
    }
    const silentMs = now - this.lastBeat.at;
    const spentMs = cpuMs === undefined ? silentMs : cpuMs - this.lastBeat.cpuMs;
    const { stallMs } = this.options;
    if (spentMs < stallMs && silentMs < stallMs * starvedFactor) return;
    this.end('stalled', `it did not come back for ${(silentMs / 1000).toFixed(1)} s`);
    void this.worker.terminate();
  }

  private end(cause: LaneEnd['cause'], sentence: string): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    clearInterval(this.watch);
    const [run, component] = [this.marks[pulse.run]!, this.marks[pulse.component]!];
    const isKnown = component !== idle;
    this.options.onEnd({
      cause,
      sentence,
      run: isKnown ? run : undefined,
      component: isKnown && component >= 0 ? component : undefined,
    });
  }
}

/** Length of the clock tick in which Linux counts CPU time, in milliseconds (`USER_HZ` is 100 on every platform we run on). */
const tickMs = 10;

/** CPU time of a thread of this process in milliseconds: `utime` and `stime` of proc(5). Undefined where there is no `/proc`. */
const threadCpuMs = (thread: number | undefined): number | undefined => {
  if (thread === undefined) return undefined;
  try {
    const stat = readFileSync(`/proc/self/task/${thread}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * tickMs;
  } catch {
    return undefined;
  }
};
