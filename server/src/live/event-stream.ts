import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { FlowOverview } from '@semstreams/contract';
import { Drafts } from '../flows/drafts.ts';
import { Quarantine, type SeenFlows } from '../nats/storage/quarantine.ts';
import { Chronicler } from '../history/chronicler.ts';
import { Supervisor } from '../supervision/supervisor.ts';
import { HttpProblem } from '../web/problems.ts';

/** How often it is looked, and how often a quiet line shows that it lives, in milliseconds. */
const lookMs = 500;
const aliveMs = 15_000;
/** How many may listen at the same time. */
const mostListeners = 200;
/** Who reads so little that more than this waits is cut off, in bytes: asked again, it is told how things are then. */
const mostWaiting = 1024 ** 2;

/**
 * Tells scripts what changes, as server-sent events: `flow` for each flow whose state is another than told last, all of them at
 * first; `draft`, `troubles` and `happened` as by socket.io. Numbers are in the status: a quiet server sends nothing.
 */
@Injectable()
export class EventStream {
  private readonly open = new Set<Readable>();

  constructor(
    private readonly supervisor: Supervisor,
    private readonly drafts: Drafts,
    private readonly quarantine: Quarantine,
    private readonly chronicler: Chronicler,
  ) {}

  /** Of the flows that somebody means and may see, and of the troubles with those that they reach. Ends with the line of who listens. */
  listen(isMeant: (flow: string) => boolean, reach?: SeenFlows): Readable {
    if (this.open.size >= mostListeners)
      throw new HttpProblem(429, `${mostListeners} listen already; close one of them`);
    let told: ReadonlyMap<string, string> = new Map();
    const tell = (event: string, data: unknown): void => {
      if (events.readableLength > mostWaiting) events.destroy();
      else events.push(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    };
    const look = (): void => {
      const now = this.supervisor.overview().filter((each) => isMeant(each.flow));
      for (const each of now) if (told.get(each.flow) !== stateOf(each)) tell('flow', each);
      told = new Map(now.map((each) => [each.flow, stateOf(each)]));
    };
    const timers = [setInterval(look, lookMs), setInterval(() => events.push(':\n\n'), aliveMs)];
    const forget = [
      this.drafts.onChange((change) => isMeant(change.flow) && tell('draft', change)),
      this.quarantine.onChange(() => tell('troubles', this.quarantine.all(reach))),
      this.chronicler.happenings.onChange((happening) => {
        if (happening.flow === undefined || isMeant(happening.flow)) tell('happened', happening);
      }),
    ];
    const events = new Readable({
      read: () => undefined,
      destroy: (error, done) => {
        for (const timer of timers) clearInterval(timer);
        for (const each of forget) each();
        this.open.delete(events);
        done(error);
      },
    });
    this.open.add(events);
    events.push(':\n\n');
    look();
    return events;
  }
}

/** What of a flow is told anew when it changes: numbers are not. */
const stateOf = ({ desired, observed, version, since, dead_letters }: FlowOverview): string =>
  [desired, observed, version, since, dead_letters].join(' ');
