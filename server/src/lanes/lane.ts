import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { FatalFault, sentenceOf } from '../engine/fault.ts';
import { type FromLane, type LaneSetup, place, type RunId, type ToLane } from './agreed/lane-protocol.ts';
import { laneCommand, laneLimits } from './lane-command.ts';
import { standardError } from '../machine/outlet.ts';
import { environmentOfFlows } from '../reach/secret-variables.ts';
import { LanePulse } from './lane-pulse.ts';
import { readWork, removeWork } from './agreed/work-notes.ts';

/** Why a lane ended, and the flow and component at work at that moment, where that is known. */
export interface LaneEnd {
  readonly cause: 'stalled' | 'crashed' | 'out_of_memory' | 'unresponsive' | 'closed';
  readonly sentence: string;
  readonly run: RunId | undefined;
  readonly component: number | undefined;
}

export interface LaneOptions {
  /** What it is for; there may be two of the same place for a moment, while one of them is dying. */
  readonly place: string;
  readonly setup: LaneSetup;
  /** Heap that it may have; what lies outside of the heap is bounded by it too, see `laneLimits`. */
  readonly memoryLimitBytes: number;
  /** CPU time that a lane may spend without coming back to its event loop, in milliseconds. */
  readonly stallMs: number;
  readonly onMessage: (message: FromLane) => void;
  /** Called exactly once, when the process is gone. */
  readonly onEnd: (end: LaneEnd) => void;
}

interface Question {
  readonly settle: (answer: unknown, problem: string | undefined) => void;
}

type Ending = Pick<LaneEnd, 'cause' | 'sentence'>;

/** How long a lane that is closed may take to end by itself, in milliseconds. */
const politeMs = 1000;
/** How long the last messages of a process that is gone may take to arrive, in milliseconds. */
const lastWordsMs = 500;
/** How much of what it wrote last is kept, in characters. */
const mostOutput = 8192;

/** A process that runs flows, watched by the server. */
export class Lane {
  private readonly child: ChildProcess;
  private readonly pulse: LanePulse;
  /** Resolves when the process is gone. */
  readonly gone: Promise<void>;
  private readonly questions = new Map<number, Question>();
  private lastQuestion = 0;
  private ending: Ending | undefined;
  private output = '';
  /** When it last told its counters, by the machine's monotonic clock in milliseconds. */
  countedAt: number | undefined;

  constructor(private readonly options: LaneOptions) {
    const { setup, memoryLimitBytes, stallMs } = options;
    const entry = fileURLToPath(new URL('./lane-process.js', import.meta.url));
    const { program, given } = laneCommand(entry, setup.name, memoryLimitBytes);
    this.child = spawn(program, given, {
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
      serialization: 'advanced',
      env: { MALLOC_ARENA_MAX: '1', ...environmentOfFlows(process.env, setup.reach.secretVariables ?? []) },
    });
    const { child } = this;
    // one that could not be started for want of open files has no pipes
    child.stderr?.on('data', (chunk: Buffer) => {
      standardError.write(chunk);
      this.output = (this.output + chunk.toString('latin1')).slice(-mostOutput);
    });
    child.on('message', (message) => this.take(message as FromLane));
    child.on('error', (error) =>
      this.becauseOf({ cause: 'crashed', sentence: `it cannot be started: ${error.message}` }),
    );
    this.gone = new Promise((resolve) => {
      child.once('close', resolve);
      child.once('error', () => child.pid === undefined && resolve());
      child.once('exit', () => setTimeout(resolve, lastWordsMs));
    });
    void this.gone.then(() => this.ended());
    this.pulse = new LanePulse({
      process: this.processId,
      stallMs,
      mostMemoryBytes: laneLimits(memoryLimitBytes).residentBytes,
      onDying: (cause, sentence) => this.kill({ cause, sentence }),
    });
    this.post({ kind: 'setup', setup });
  }

  get name(): string {
    return this.options.setup.name;
  }

  get place(): string {
    return this.options.place;
  }

  /** It ends, or has ended: nothing is started in it any more. */
  get isEnding(): boolean {
    return this.ending !== undefined;
  }

  get processId(): number {
    return this.child.pid ?? -1;
  }

  post(message: ToLane): void {
    if (this.child.connected) this.child.send(message, () => undefined);
  }

  /** A question in the inspector's protocol. Rejects where the lane says no, ends, or does not answer in time. */
  async ask<Answer>(method: string, params: object = {}, patienceMs = 10_000): Promise<Answer> {
    const request = (this.lastQuestion += 1);
    return new Promise<Answer>((resolve, reject) => {
      const patience = setTimeout(() => settle(undefined, 'no answer in time'), patienceMs);
      const settle: Question['settle'] = (answer, problem) => {
        clearTimeout(patience);
        this.questions.delete(request);
        if (problem === undefined) resolve(answer as Answer);
        else reject(new FatalFault(problem));
      };
      this.questions.set(request, { settle });
      this.post({ kind: 'ask', request, method, params });
    });
  }

  /** Ends the process. What its flows still had in hand is lost, so stop them before. */
  async close(): Promise<void> {
    this.becauseOf({ cause: 'closed', sentence: 'the lane was closed' });
    if (this.child.connected) this.child.disconnect();
    const force = setTimeout(() => this.child.kill('SIGKILL'), politeMs);
    await this.gone;
    clearTimeout(force);
  }

  /** Ends the process at once, whatever it does. */
  kill(ending: Ending): void {
    this.becauseOf(ending);
    this.child.kill('SIGKILL');
  }

  /** The first reason is the one that counts. */
  private becauseOf(ending: Ending): void {
    this.ending ??= ending;
    this.pulse?.end();
  }

  /** What no lane says comes from code that runs in it, and costs this lane alone. */
  private take(message: FromLane): void {
    try {
      this.receive(message);
    } catch (thrown) {
      this.kill({ cause: 'crashed', sentence: `it said what no lane says: ${sentenceOf(thrown)}` });
    }
  }

  private receive(message: FromLane): void {
    if (message.kind === 'ready') this.pulse.begin();
    else if (message.kind === 'beat') {
      this.countedAt = message.at;
      this.pulse.beat();
    } else if (message.kind === 'answered')
      this.questions.get(message.request)?.settle(message.answer, message.problem);
    else if (message.kind === 'crashed')
      this.becauseOf({ cause: 'crashed', sentence: `it crashed: ${message.sentence}` });
    else this.options.onMessage(message);
  }

  private ended(): void {
    this.becauseOf(this.ownEnd());
    for (const { settle } of [...this.questions.values()]) settle(undefined, 'the lane has ended');
    const { dataDir, name } = this.options.setup;
    const at = readWork(dataDir, name)?.at;
    removeWork(dataDir, name);
    const isExact = at !== undefined && at.component > place.idle;
    this.options.onEnd({ ...this.ending!, run: at?.run, component: isExact ? at.component : undefined });
  }

  /** How a process ended that nobody has ended. */
  private ownEnd(): Ending {
    const { exitCode, signalCode } = this.child;
    if (/heap out of memory|heap limit|Allocation failed|Committing semi space failed/.test(this.output))
      return { cause: 'out_of_memory', sentence: 'it needed more memory than a lane may have' };
    return {
      cause: 'crashed',
      sentence: signalCode === null ? `it ended with code ${exitCode ?? 'unknown'}` : `it was ended by ${signalCode}`,
    };
  }
}
