import { closes, LinkClosed } from './closes.ts';
import type { Allowed, Control, ReceiverHello, Safe, SenderHello, Waiting } from './frames.ts';
import { Pulse } from './pulse.ts';

/** What the far side has said. */
export type ReceiverHeard =
  | { readonly kind: 'greeted'; readonly hello: SenderHello }
  | { readonly kind: 'waiting'; readonly waiting: Waiting }
  | { readonly kind: 'nothing' };

/** One line of a link as its receiver knows it: without sockets and clocks, so that every course of things can be tried. */
export class LinkReceiver {
  private readonly pulse: Pulse;
  private sender: SenderHello | undefined;
  /** Sizes of the blocks that came and are not known to be safe. */
  private readonly unsafe: number[] = [];
  private cameBlocks = 0;
  private safeBlocks = 0;
  private safeBytes = 0;

  constructor(
    private readonly hello: Omit<ReceiverHello, 'kind' | 'role' | 'allowed'>,
    /** What may be under way, or taken in and not yet safe. */
    private readonly window: Allowed,
    now: number,
  ) {
    this.pulse = new Pulse(hello.heartbeat_ms, now);
  }

  /** The first word on a line. */
  greeting(now: number): ReceiverHello {
    this.pulse.spoke(now);
    return { kind: 'hello', role: 'receiver', ...this.hello, allowed: this.window };
  }

  /** Throws a LinkClosed at what a sender does not say. */
  hear(control: Control, now: number): ReceiverHeard {
    this.pulse.heard(now);
    if (control.kind === 'safe') throw new LinkClosed(closes.wrongRole, 'both sides of this link are receivers');
    if (control.kind === 'beat') return control.waiting ? { kind: 'waiting', waiting: control.waiting } : nothing;
    if (control.role !== 'sender') throw new LinkClosed(closes.wrongRole, 'both sides of this link are receivers');
    if (this.sender) throw new LinkClosed(closes.badFrame, 'it said twice who it is');
    this.sender = control;
    this.pulse.promisedMs = control.heartbeat_ms;
    return { kind: 'greeted', hello: control };
  }

  /** A block has come, so many bytes as a frame. Throws a LinkClosed where there was no room for it. */
  came(bytes: number, now: number): void {
    this.pulse.heard(now);
    if (!this.sender) throw new LinkClosed(closes.badFrame, 'a block came before it said who it is');
    if (this.unsafe.length >= this.window.blocks) throw new LinkClosed(closes.badFrame, 'more came than was allowed');
    this.unsafe.push(bytes);
    this.cameBlocks += 1;
  }

  /** The first so many blocks that came are safe. What is to be said of that; nothing where it was said. */
  safe(blocks: number, now: number): Safe | undefined {
    if (blocks <= this.safeBlocks || blocks > this.cameBlocks) return undefined;
    for (const bytes of this.unsafe.splice(0, blocks - this.safeBlocks)) this.safeBytes += bytes;
    this.safeBlocks = blocks;
    this.pulse.spoke(now);
    const { window, safeBytes } = this;
    return { kind: 'safe', blocks, allowed: { blocks: blocks + window.blocks, bytes: safeBytes + window.bytes } };
  }

  /** Whether a beat is due. Throws a LinkClosed where the sender is silent. */
  look(now: number): boolean {
    if (this.pulse.isSilent(now)) throw new LinkClosed(closes.silent, 'nothing was heard any more');
    if (!this.pulse.isDue(now)) return false;
    this.pulse.spoke(now);
    return true;
  }

  /** Something came of which no frame is whole yet. */
  isAlive(now: number): void {
    this.pulse.heard(now);
  }
}

const nothing = { kind: 'nothing' } as const;
