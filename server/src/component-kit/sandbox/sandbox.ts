import { randomBytes } from 'node:crypto';
import type { QuickJSContext, QuickJSHandle, QuickJSRuntime } from 'quickjs-emscripten-core';
import { withMarkedNumbers } from '../../engine/exact-number.ts';
import { InvalidMessage, sentenceOf } from '../../engine/fault.ts';
import { harness } from './harness.ts';
import { newMachine } from './machine.ts';

export interface SandboxOptions {
  /** Programs that are run at the start, one after the other, with the names that errors give them. */
  readonly programs: readonly { readonly name: string; readonly text: string }[];
  /** An expression that is the function which is handed what comes in, parsed, and returns what goes out: a list, or one, or nothing. */
  readonly handler: string;
  /** How long one call may take, in milliseconds of the processor: a busy machine ends nothing. */
  readonly timeout: number;
  /** Bytes of all that is in there. */
  readonly memory: number;
  /** A line for the log. */
  readonly say: (line: string) => void;
}

/** What went wrong in a sandbox: the sentence, and where, as the language says it: a stack, or a position. */
export class Thrown extends InvalidMessage {
  constructor(
    sentence: string,
    readonly where: string,
    cause?: unknown,
  ) {
    super(sentence, { cause });
  }

  get isOutOfMemory(): boolean {
    return this.message.includes(ofMemory);
  }
}

const ofMemory = 'MB of memory that it may';

const stackBytes = 256 * 1024;
/** What loading the programs may take, in milliseconds: it happens once. */
const loadMs = 5000;
/** What runs on in one piece is ended so much later than what the interpreter can end in order, in milliseconds. */
const graceMs = 50;
/** Pending jobs that are run before the time is looked at. */
const jobsAtOnce = 100;

/**
 * JavaScript of others in QuickJS, an interpreter in WebAssembly: it reaches nothing of the host, and has so much time for each call and
 * so much memory. Whatever it does ends in what a call gives or throws. Each sandbox is a machine of its own, so none can harm another; who lets go of
 * it lets go of its memory.
 */
export class Sandbox {
  /** How long the call at present has taken, and may take, in milliseconds of the processor. */
  private used = (): number => 0;
  private mayTake = loadMs;
  /** Whether it was ended in the middle of something, and can be used no more. */
  isBroken = false;
  private calls = 0;
  private outcome: { readonly isMade: boolean; readonly text: string; readonly stack: string } | undefined;
  private readonly mark = `${randomBytes(16).toString('hex')}:`;
  private readonly marked = new RegExp(`"${this.mark}(-?[0-9][-+0-9.eE]*)"`, 'g');
  private call: QuickJSHandle | undefined;
  private handler: QuickJSHandle | undefined;

  private constructor(
    private readonly options: SandboxOptions,
    private readonly runtime: QuickJSRuntime,
    private readonly context: QuickJSContext,
  ) {}

  /** Rejects with `Thrown` where a program cannot be run. */
  static async open(options: SandboxOptions): Promise<Sandbox> {
    let sandbox: Sandbox | undefined;
    const machine = await newMachine(() => sandbox?.endWhatRunsOn());
    const runtime = machine.newRuntime();
    runtime.setMemoryLimit(options.memory);
    runtime.setMaxStackSize(stackBytes);
    const made = (sandbox = new Sandbox(options, runtime, runtime.newContext()));
    runtime.setInterruptHandler(() => made.isOver());
    made.load();
    return made;
  }

  private load(): void {
    const { context, options } = this;
    this.begin(loadMs);
    const start = this.evaluate(harness, 'sandbox');
    const made = context.newFunction('made', (number, isMade, text, stack) => {
      // what an earlier call left behind is no result of this one
      if (context.getNumber(number) !== this.calls) return;
      this.outcome = {
        isMade: context.dump(isMade) === true,
        text: context.getString(text),
        stack: context.getString(stack),
      };
    });
    const said = context.newFunction('said', (line) => options.say(context.getString(line)));
    this.call = this.unwrap(context.callFunction(start, context.undefined, context.newString(this.mark), made, said));
    for (const { name, text } of options.programs) this.evaluate(text, name).dispose();
    this.handler = this.evaluate(options.handler, 'sandbox');
  }

  /** Whether something is left that would go on in the next call. */
  get isBusy(): boolean {
    return this.runtime.hasPendingJob();
  }

  /** JSON in, and the list of what is made of it as JSON. Throws `Thrown`, and anything else where the machine breaks down. */
  run(json: string): string {
    const { context, options } = this;
    const given = withMarkedNumbers(json, this.mark);
    this.outcome = undefined;
    this.calls += 1;
    this.begin(options.timeout);
    const [number, text] = [context.newNumber(this.calls), context.newString(given)];
    const hasMarks = given === json ? context.false : context.true;
    try {
      const call = [number, this.handler!, text, hasMarks];
      this.unwrap(context.callFunction(this.call!, context.undefined, ...call)).dispose();
      this.finishJobs();
      text.dispose();
    } catch (thrown) {
      if (!this.isBroken) text.dispose();
      throw thrown;
    }
    // what ends it may be caught on its way, where it called something of ours
    if (this.isBroken) throw this.tooLong();
    return this.outcomeOf();
  }

  private begin(mayTake: number): void {
    this.used = stopwatch();
    this.mayTake = mayTake;
  }

  private isOver(): boolean {
    return this.used() > this.mayTake;
  }

  /** A function of the language itself goes on without the interpreter: it is ended by force. */
  private endWhatRunsOn(): void {
    if (this.used() <= this.mayTake + graceMs) return;
    this.isBroken = true;
    throw this.tooLong();
  }

  private tooLong(): Thrown {
    return new Thrown(sentenceIn('interrupted', this.options), '');
  }

  private outcomeOf(): string {
    const { outcome } = this;
    if (!outcome) throw new Thrown('it never comes to an end: nothing happens later in here', '');
    if (!outcome.isMade) throw new Thrown(sentenceIn(outcome.text, this.options), outcome.stack);
    return outcome.text.includes(this.mark)
      ? outcome.text.replace(this.marked, '$1').replaceAll(this.mark, '')
      : outcome.text;
  }

  private finishJobs(): void {
    while (this.runtime.hasPendingJob()) {
      if (this.isOver()) throw this.tooLong();
      const done = this.runtime.executePendingJobs(jobsAtOnce);
      if (done.error) this.unwrap({ error: done.error });
    }
  }

  private evaluate(text: string, name: string): QuickJSHandle {
    return this.unwrap(this.context.evalCode(text, name));
  }

  private unwrap(result: {
    readonly value?: QuickJSHandle;
    readonly error?: QuickJSHandle | undefined;
  }): QuickJSHandle {
    if (result.error === undefined) return result.value!;
    const told: unknown = this.context.dump(result.error);
    result.error.dispose();
    const { message = told, stack = '' } = (typeof told === 'object' && told !== null ? told : {}) as Readonly<
      Record<'message' | 'stack', unknown>
    >;
    throw new Thrown(sentenceIn(sentenceOf(message), this.options), String(stack));
  }
}

/** What the interpreter says of its bounds, for people. */
const sentenceIn = (sentence: string, { timeout, memory }: SandboxOptions): string => {
  if (sentence === 'interrupted') return `it takes longer than the ${timeout} ms that it may`;
  if (sentence === 'out of memory') return `it takes more than the ${memory / 1024 ** 2} ${ofMemory}`;
  if (sentence === 'stack overflow') return 'it calls itself too often';
  return sentence;
};

/**
 * How many milliseconds this thread has had the processor since now. Where Node does not tell that, no more than have passed, and no more than
 * all threads of the process have had.
 */
const stopwatch = (): (() => number) => {
  const usage = 'threadCpuUsage' in process ? (process.threadCpuUsage as typeof process.cpuUsage) : process.cpuUsage;
  const cpuMs = (): number => {
    const { user, system } = usage.call(process);
    return (user + system) / 1000;
  };
  const [began, beganAt] = [cpuMs(), performance.now()];
  return () => Math.min(cpuMs() - began, performance.now() - beganAt);
};
