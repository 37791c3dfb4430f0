import type { Principal } from './principal.ts';

/** How often it is looked whether somebody's time is over, in milliseconds. */
const lookMs = 1000;

interface Held {
  readonly principal: Principal;
  readonly end: () => void;
}

/** What goes on in somebody's name for long, such as looks, live data and downloads: it ends when they are not any more who they were. */
export class Ongoing {
  private readonly held = new Set<Held>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly isStill: (principal: Principal) => boolean) {}

  /** Calls `end` once, when `principal` is not so any more, unless what it returns was called before. */
  hold(principal: Principal, end: () => void): () => void {
    const held = { principal, end };
    this.held.add(held);
    this.timer ??= setInterval(() => this.look(), lookMs).unref();
    return () => this.letGo(held);
  }

  /** Ends what may not go on. Each principal is asked about once: many hold for the same one. */
  look(): void {
    const known = new Map<string, boolean>();
    for (const held of [...this.held]) {
      const { who, session, token } = held.principal;
      const key = `${session} ${token} ${who}`;
      if (!known.has(key)) known.set(key, this.isStill(held.principal));
      if (known.get(key)) continue;
      this.letGo(held);
      held.end();
    }
  }

  private letGo(held: Held): void {
    this.held.delete(held);
    if (this.held.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
