import { Positions } from '../../engine/positions.ts';
import type { BlockFacts } from '../../engine/block.ts';
import { closes, LinkClosed } from './closes.ts';
import type { Allowed, Control, ReceiverHello, SenderHello } from './frames.ts';
import { Pulse } from './pulse.ts';

/** What the far side has said. */
export type SenderHeard<Block> =
  | { readonly kind: 'greeted'; readonly hello: ReceiverHello }
  /** These are safe over there, in the order in which they were sent. */
  | { readonly kind: 'safe'; readonly blocks: readonly Block[] }
  | { readonly kind: 'nothing' };

/** One line of a link as its sender knows it: without sockets and clocks, so that every course of things can be tried. */
export class LinkSender<Block> {
  private readonly pulse: Pulse;
  private receiver: ReceiverHello | undefined;
  private known = new Positions();
  private allowed: Allowed = { blocks: 0, bytes: 0 };
  private readonly underWay: { readonly block: Block; readonly bytes: number; readonly isBehind: boolean }[] = [];
  private underWayBytes = 0;
  /** Of that what lies behind and yields to what comes now, and how much of it became safe when. */
  private behindBytes = 0;
  private behindLately: { readonly at: number; readonly bytes: number }[] = [];
  private sentBlocks = 0;
  private sentBytes = 0;
  private safeBlocks = 0;

  constructor(
    private readonly hello: Omit<SenderHello, 'kind' | 'role' | 'compression'>,
    /** What may be under way in bytes, whatever the receiver allows. */
    private readonly mostBytes: number,
    now: number,
  ) {
    this.pulse = new Pulse(hello.heartbeat_ms, now);
  }

  /** Throws a LinkClosed at what a receiver does not say. */
  hear(control: Control, now: number): SenderHeard<Block> {
    this.pulse.heard(now);
    if (control.kind === 'beat') return nothing;
    if (control.kind === 'hello') return this.meet(control);
    if (!this.receiver) throw new LinkClosed(closes.badFrame, 'it said what is safe before it said who it is');
    if (control.blocks > this.sentBlocks || control.blocks < this.safeBlocks)
      throw new LinkClosed(closes.badFrame, `it has ${control.blocks} blocks of ${this.sentBlocks}`);
    this.allow(control.allowed);
    const safe = this.underWay.splice(0, control.blocks - this.safeBlocks);
    for (const { bytes, isBehind } of safe) {
      this.underWayBytes -= bytes;
      if (!isBehind) continue;
      this.behindBytes -= bytes;
      this.behindLately.push({ at: now, bytes });
    }
    this.safeBlocks = control.blocks;
    return safe.length === 0 ? nothing : { kind: 'safe', blocks: safe.map(({ block }) => block) };
  }

  /** What is answered to the receiver's first word, once it may receive. */
  answer(now: number): SenderHello {
    this.pulse.spoke(now);
    return { kind: 'hello', role: 'sender', ...this.hello, compression: this.compression };
  }

  get compression(): ReceiverHello['compression'] {
    return this.receiver?.compression ?? 'none';
  }

  /** Whether the receiver has all of a block already: it comes again since nobody heard that. */
  has({ run, total }: BlockFacts): boolean {
    return run !== '' && this.known.has({ source: run, sequence: total });
  }

  /** Whether so much may be sent. What is larger than is ever allowed goes alone. */
  hasRoom(bytes: number): boolean {
    if (this.sentBlocks >= this.allowed.blocks) return false;
    if (this.underWay.length === 0) return true;
    return this.sentBytes + bytes <= this.allowed.bytes && this.underWayBytes + bytes <= this.mostBytes;
  }

  /**
   * The same for what lies behind and yields to what comes now: no more of it may be under way than became safe lately, so
   * that what comes is not long behind it, however slow the line is. One block always may.
   */
  hasRoomBehind(bytes: number, now: number): boolean {
    if (!this.hasRoom(bytes)) return false;
    this.behindLately = this.behindLately.filter(({ at }) => now - at < latelyMs);
    const most = this.behindLately.reduce((sum, each) => sum + each.bytes, 0);
    return this.behindBytes === 0 || this.behindBytes + bytes <= most;
  }

  /** A beat is due all the same: it says what waits, and that is most while most is sent. */
  sent(block: Block, bytes: number, isBehind = false): void {
    this.underWay.push({ block, bytes, isBehind });
    this.underWayBytes += bytes;
    if (isBehind) this.behindBytes += bytes;
    this.sentBlocks += 1;
    this.sentBytes += bytes;
  }

  /** Whether a beat is due. Throws a LinkClosed where the receiver is silent. */
  look(now: number): boolean {
    if (this.pulse.isSilent(now)) throw new LinkClosed(closes.silent, 'nothing was heard any more');
    if (this.receiver === undefined || !this.pulse.isDue(now)) return false;
    this.pulse.spoke(now);
    return true;
  }

  /** Something came of which no frame is whole yet. */
  isAlive(now: number): void {
    this.pulse.heard(now);
  }

  private meet(control: Control & { kind: 'hello' }): SenderHeard<Block> {
    if (control.role !== 'receiver') throw new LinkClosed(closes.wrongRole, 'both sides of this link are senders');
    if (this.receiver) throw new LinkClosed(closes.badFrame, 'it said twice who it is');
    this.receiver = control;
    this.pulse.promisedMs = control.heartbeat_ms;
    this.known = new Positions(control.known);
    this.allow(control.allowed);
    return { kind: 'greeted', hello: control };
  }

  private allow(allowed: Allowed): void {
    this.allowed = {
      blocks: Math.max(this.allowed.blocks, allowed.blocks),
      bytes: Math.max(this.allowed.bytes, allowed.bytes),
    };
  }
}

/** How long what comes may be behind what lies behind, about, in milliseconds. */
const latelyMs = 500;

const nothing = { kind: 'nothing' } as const;
