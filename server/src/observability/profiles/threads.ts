import { Session } from 'node:inspector';

/** A thread of this process that can be asked by the inspector's protocol: the main one, or a lane's. */
export interface Thread {
  readonly name: string;
  /** Resolves with the answer; rejects where the thread says no, ends, or does not answer in time. */
  ask<Answer>(method: string, params?: object, patienceMs?: number): Promise<Answer>;
}

interface Answered {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}
interface Question {
  resolve(answer: never): void;
  reject(thrown: Error): void;
}

/** How long a thread may take to answer, in milliseconds. */
const usualPatienceMs = 10_000;

/**
 * All threads of this process, from within: no port is opened, and nothing listens.
 * See https://chromedevtools.github.io/devtools-protocol/v8/ and the `NodeWorker` domain of Node.
 */
export class Threads {
  private readonly session = new Session();
  private readonly workers = new Map<string, Thread>();
  private readonly questions = new Map<string, Map<number, Question>>();
  private lastQuestion = 0;
  private readonly main: Thread = { name: 'main', ask: async (method, params) => this.post(method, params) };

  /** @param appeared is told of each thread that there is and that comes later */
  constructor(private readonly appeared: (thread: Thread) => void = () => undefined) {}

  async connect(): Promise<void> {
    this.session.connect();
    this.session.on('NodeWorker.attachedToWorker', ({ params }) => {
      const { sessionId, workerInfo } = params;
      this.questions.set(sessionId, new Map());
      const worker: Thread = {
        name: `lane ${workerInfo.workerId}`,
        ask: async (method, given, patienceMs = usualPatienceMs) =>
          this.askWorker(sessionId, { method, given, patienceMs }),
      };
      this.workers.set(sessionId, worker);
      this.appeared(worker);
    });
    this.session.on('NodeWorker.receivedMessageFromWorker', ({ params }) =>
      this.hear(params.sessionId, JSON.parse(params.message) as Answered),
    );
    this.session.on('NodeWorker.detachedFromWorker', ({ params }) => this.forget(params.sessionId));
    this.appeared(this.main);
    await this.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
  }

  all(): readonly Thread[] {
    return [this.main, ...this.workers.values()];
  }

  disconnect(): void {
    this.session.disconnect();
    for (const sessionId of [...this.questions.keys()]) this.forget(sessionId);
  }

  private async post<Answer>(method: string, params: object = {}): Promise<Answer> {
    return new Promise((resolve, reject) =>
      this.session.post(method, params, (error, answer) => (error ? reject(error) : resolve(answer as Answer))),
    );
  }

  private async askWorker<Answer>(
    sessionId: string,
    { method, given, patienceMs }: { method: string; given: object | undefined; patienceMs: number },
  ): Promise<Answer> {
    const id = (this.lastQuestion += 1);
    const message = JSON.stringify({ id, method, params: given ?? {} });
    return new Promise<Answer>((resolve, reject) => {
      const timer = setTimeout(() => this.hear(sessionId, { id, error: { message: 'no answer in time' } }), patienceMs);
      const settled = () => clearTimeout(timer);
      this.questions.get(sessionId)!.set(id, {
        resolve: (answer) => (settled(), resolve(answer)),
        reject: (thrown) => (settled(), reject(thrown)),
      });
      this.post('NodeWorker.sendMessageToWorker', { sessionId, message }).catch(reject);
    });
  }

  /** What is no answer to a question is an event; nobody waits for one. */
  private hear(sessionId: string, { id, result, error }: Answered): void {
    const asked = this.questions.get(sessionId);
    const question = asked?.get(id);
    asked?.delete(id);
    if (error) question?.reject(new Error(error.message));
    else question?.resolve(result as never);
  }

  private forget(sessionId: string): void {
    for (const { reject } of this.questions.get(sessionId)?.values() ?? []) reject(new Error('the thread has ended'));
    this.questions.delete(sessionId);
    this.workers.delete(sessionId);
  }
}
