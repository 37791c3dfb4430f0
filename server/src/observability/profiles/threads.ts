import { Session } from 'node:inspector';
import { Injectable } from '@nestjs/common';
import type { Lane } from '../../lanes/lane.ts';
import { Lanes } from '../../lanes/lanes.ts';

/** A thread that can be asked by the inspector's protocol: the main one of the server, or that of a lane. */
export interface Thread {
  readonly name: string;
  /** Resolves with the answer; rejects where the thread says no, ends, or does not answer in time. */
  ask<Answer>(method: string, params?: object): Promise<Answer>;
}

/**
 * The server's main thread and its lanes, from within: no port is opened, and nothing listens.
 * See https://chromedevtools.github.io/devtools-protocol/v8/.
 */
@Injectable()
export class Threads {
  private session: Session | undefined;
  private readonly main: Thread = { name: 'main', ask: async (method, params) => this.post(method, params) };
  private forget: (() => void) | undefined;

  constructor(private readonly lanes: Lanes) {}

  /** @param appeared is told of each thread that there is and that comes later */
  connect(appeared: (thread: Thread) => void): void {
    this.session = new Session();
    this.session.connect();
    appeared(this.main);
    for (const lane of this.lanes.all()) appeared(threadOf(lane));
    this.forget = this.lanes.onOpen((lane) => appeared(threadOf(lane)));
  }

  all(): readonly Thread[] {
    return [this.main, ...this.lanes.all().map(threadOf)];
  }

  disconnect(): void {
    this.forget?.();
    this.session?.disconnect();
  }

  private async post<Answer>(method: string, params: object = {}): Promise<Answer> {
    return new Promise((resolve, reject) =>
      this.session!.post(method, params, (error, answer) => (error ? reject(error) : resolve(answer as Answer))),
    );
  }
}

const threadOf = (lane: Lane): Thread => ({
  name: `lane ${lane.name}`,
  ask: async (method, params) => lane.ask(method, params),
});
