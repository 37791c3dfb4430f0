import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { TapEnd, Tapped } from '@semstreams/contract';
import { FatalFault } from '../engine/fault.ts';
import { conflict, HttpProblem, notFound } from '../web/problems.ts';
import { Operations } from '../supervision/operations.ts';
import { Supervisor } from '../supervision/supervisor.ts';

/** How many people may look at the same time. */
const mostTaps = 50;
/** A tap that was forgotten ends after this time, in milliseconds. */
const longestMs = 5 * 60_000;
/** How often a line without messages shows that it lives, in milliseconds. */
const aliveMs = 15_000;
/** Who has read nothing of what waits for so long is gone, in milliseconds; and so long the last words may wait to be read. */
const goneMs = 30_000;
const lastWordsMs = 5000;
/** A browser that does not keep up misses messages: no more than this waits for it, in bytes. */
const mostWaiting = 256 * 1024;

/** Looks at connections for people, each as a stream of server-sent events. */
@Injectable()
export class Taps {
  private readonly open = new Set<Readable>();

  constructor(
    private readonly operations: Operations,
    private readonly supervisor: Supervisor,
  ) {}

  /** How many are open. */
  get count(): number {
    return this.open.size;
  }

  /** Ends by itself when the run ends or five minutes are over, and with the line of who looks. */
  async events(flow: string, from: string, to: string | undefined): Promise<Readable> {
    await this.operations.status(flow);
    if (this.open.size >= mostTaps) throw new HttpProblem(429, `${mostTaps} taps are open; close one of them`);
    const timers: NodeJS.Timeout[] = [];
    const tell = (event: string, told: Tapped | TapEnd): unknown =>
      events.readableLength < mostWaiting && events.push(`event: ${event}\ndata: ${JSON.stringify(told)}\n\n`);
    const end = (sentence: string): void => {
      for (const timer of timers) clearTimeout(timer);
      tell('end', { sentence });
      events.push(null);
      // one that reads no more would keep its place for ever
      setTimeout(() => events.destroy(), lastWordsMs).unref();
    };
    let [unread, unreadSince] = [0, 0];
    const feel = (): void => {
      if (events.readableLength === 0 || events.readableLength < unread) unreadSince = performance.now();
      unread = events.readableLength;
      if (performance.now() - unreadSince >= goneMs) events.destroy();
      else if (unread < mostWaiting) events.push(':\n\n');
    };
    const close = this.look(
      flow,
      { from, to },
      {
        onTapped: (tapped) => tell('tapped', tapped),
        onEnd: () => end('the flow was stopped or deployed anew'),
      },
    );
    const events = new Readable({
      read: () => undefined,
      destroy: (error, done) => {
        for (const timer of timers) clearTimeout(timer);
        this.open.delete(events);
        close();
        done(error);
      },
    });
    this.open.add(events);
    timers.push(
      setTimeout(() => {
        close();
        end('five minutes are over');
      }, longestMs),
      setInterval(feel, aliveMs),
    );
    unreadSince = performance.now();
    events.push(':\n\n');
    return events;
  }

  private look(...given: Parameters<Supervisor['tap']>): () => void {
    try {
      return this.supervisor.tap(...given);
    } catch (thrown) {
      throw asProblem(thrown);
    }
  }
}

/** What the supervisor refuses, for who asked by HTTP. */
export const asProblem = (thrown: unknown): unknown => {
  if (thrown instanceof FatalFault) return conflict(thrown.message);
  if (thrown instanceof RangeError) return notFound(thrown.message);
  return thrown;
};
