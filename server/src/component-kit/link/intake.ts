import { limits, messageOverhead } from '../../engine/limits.ts';
import type { Batch, Message, Position } from '../../engine/message.ts';
import { Positions } from '../../engine/positions.ts';
import type { LinkBlock } from './block-frame.ts';
import { mostKnown } from './frames.ts';

interface Taken {
  readonly news: Batch;
  readonly reached: Position;
  readonly safe: () => void;
}

/**
 * Takes the blocks of a link into the flow, in order and each message once. It outlives the lines: what comes again on
 * the next one is left out, and is safe when it is safe. Every message has its position, so that the flow knows after a start
 * what it has kept.
 */
export class Intake {
  private readonly taken = new Positions();
  private readonly safe = new Positions();
  private readonly waiting: Taken[] = [];
  private isBusy = false;
  private hasEnded = false;
  private idle: (() => void) | undefined;
  /** Messages that came again and were left out. */
  repeated = 0;

  constructor(
    private readonly options: {
      readonly emit: (batch: Batch) => Promise<void>;
      /** What takes it in: two of them may take from the same source. */
      readonly component: string;
      /** The flow takes nothing more. */
      readonly ended: (thrown: unknown) => void;
    },
  ) {}

  /** What is safe of those sources that have sent last. */
  get known(): Position[] {
    return this.safe.list().slice(-mostKnown);
  }

  /** @param safe is called when this block and all before it are safe; never where the flow ends before */
  take({ run, total, count, messages }: LinkBlock, safe: () => void): void {
    if (this.hasEnded) return;
    const before = total - count;
    const reached = { source: run, sequence: total };
    const repeated = run === '' ? 0 : Math.min(count, Math.max(0, (this.taken.of(run) ?? 0) - before));
    this.repeated += repeated;
    if (run !== '') this.taken.reach(reached);
    const source = `${this.options.component}/${run}`;
    const numbered = (message: Message, index: number): Message =>
      run === '' ? message : message.at({ source, sequence: before + repeated + index + 1 });
    this.waiting.push({ news: messages.slice(repeated).map(numbered), reached, safe });
    if (!this.isBusy) void this.flush();
  }

  /** Takes nothing more, and leaves out what is not under way: it comes again. Resolves when what is under way is safe. */
  async stop(): Promise<void> {
    this.hasEnded = true;
    this.waiting.length = 0;
    if (this.isBusy) await new Promise<void>((resolve) => (this.idle = resolve));
  }

  private async flush(): Promise<void> {
    this.isBusy = true;
    try {
      while (this.waiting.length > 0) {
        const together = this.next();
        const batch = together.length === 1 ? together[0]!.news : together.flatMap(({ news }) => news);
        if (batch.length > 0) await this.options.emit(batch);
        for (const { reached, safe } of together) {
          if (reached.source !== '') this.safe.reach(reached);
          safe();
        }
      }
    } catch (thrown) {
      this.hasEnded = true;
      this.waiting.length = 0;
      this.options.ended(thrown);
    } finally {
      this.isBusy = false;
      this.idle?.();
    }
  }

  /** As many blocks as make a batch: what came while the last one was on its way. */
  private next(): Taken[] {
    let bytes = 0;
    let count = 0;
    for (const { news } of this.waiting) {
      for (const { size } of news) bytes += size + messageOverhead;
      if (count > 0 && bytes > limits.batch) break;
      count += 1;
    }
    return this.waiting.splice(0, count);
  }
}
