import { FatalFault } from '../../engine/fault.ts';
import { isAborted } from '../../engine/is-aborted.ts';
import type { RunningFlow } from '../../engine/run-flow.ts';

/** How many injected batches may be in a flow at once by one component, and how many more may wait in line for it. */
export const mostUnderWay = 8;
export const mostInLine = 32;

interface Waiting {
  readonly enter: () => void;
  readonly leave: () => void;
}

interface Door {
  underWay: number;
  readonly line: Set<Waiting>;
}

export interface InjectedBatch {
  readonly request: number;
  readonly component: string;
  readonly port: string | undefined;
  /** Payloads as JSON. */
  readonly texts: readonly string[];
}

/**
 * Lets what people inject into one flow, in bounds. What is in the flow cannot be taken back, and holds its place until
 * the flow is done with it; what still waits in line can.
 */
export class Injections {
  private readonly doors = new Map<string, Door>();
  private readonly pending = new Map<number, AbortController>();

  constructor(private readonly flow: Pick<RunningFlow, 'inject'>) {}

  /** Resolves when the batch is through. Rejects with a FatalFault that says what became of it where it was withdrawn. */
  async inject({ request, component, port, texts }: InjectedBatch): Promise<void> {
    const patience = new AbortController();
    this.pending.set(request, patience);
    try {
      await this.turnAt(component, patience.signal);
      const through = this.flow.inject(component, port, texts).finally(() => this.leave(component));
      await Promise.race([through, tooLate(patience.signal)]);
    } finally {
      this.pending.delete(request);
    }
  }

  /** Nobody waits for this batch any longer. */
  withdraw(request: number): void {
    this.pending.get(request)?.abort();
  }

  /** The flow ends: nothing more goes in, and what is in it drains. */
  end(): void {
    for (const { line } of this.doors.values()) for (const { leave } of line) leave();
  }

  private async turnAt(component: string, signal: AbortSignal): Promise<void> {
    const door = this.doors.get(component) ?? { underWay: 0, line: new Set() };
    this.doors.set(component, door);
    if (door.underWay < mostUnderWay) {
      door.underWay += 1;
      return;
    }
    if (door.line.size >= mostInLine)
      throw new FatalFault('too many messages that were injected before are not through yet; these were not taken');
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        door.line.delete(waiting);
        reject(new FatalFault('messages that were injected before are not through yet; these were not taken'));
      };
      const enter = (): void => {
        door.line.delete(waiting);
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const waiting = { enter, leave };
      door.line.add(waiting);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  /** The next in line takes the place that becomes free. */
  private leave(component: string): void {
    const door = this.doors.get(component)!;
    const [next] = door.line;
    if (next) return next.enter();
    door.underWay -= 1;
    if (door.underWay === 0) this.doors.delete(component);
  }
}

const tooLate = async (signal: AbortSignal): Promise<never> => {
  await isAborted(signal);
  throw new FatalFault('they are not through yet; they are in the flow and go on when it does');
};
