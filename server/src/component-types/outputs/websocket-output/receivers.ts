import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { type Block, deliveryOf, piecesOf } from './delivery.ts';
import { askOrEnd, isOpen, type Page, type Receiver, receiverOf, takeLeave } from './receiver.ts';

/** When a block counts as delivered: when one of the receivers has read it, or was handed it but for a small rest. */
export type Delivered = 'read' | 'sent';

export interface ReceiversOwner {
  /** What may wait for one receiver, in bytes. */
  readonly mostWaiting: number;
  readonly delivered: Delivered;
  /** Somebody came or left. */
  changed(): void;
  /** Nobody has taken anything for a while although there is something, or somebody does again. */
  stalled(isStalled: boolean): void;
}

/** One that is connected and has no name. */
export interface PlainReceiver {
  readonly address: string;
  /** Since when, in milliseconds since 1970. */
  readonly sinceMs: number;
  readonly waitingBytes: number;
  readonly missed: number;
}

/** What may wait for a receiver, in bytes, for its pings to be answered. */
const mostAnswers = 64 * 1024;
/** A receiver has what it was given when no more than this is left here of it, in bytes. */
const smallRest = 64 * 1024;
/** So many receivers are asked for each block; the others only when none of these answers. */
const mostQuestions = 8;
/** So many questions one receiver may leave open before it is asked no more: clients take a flood of pings for an attack. */
const mostOpen = 16;
/** So long after nothing was delivered it is said, in milliseconds. */
const stalledMs = 5000;
/** Close codes of RFC 6455, as registered at IANA. */
export const goingAway = 1001;
export const serviceRestart = 1012;
/** How a question begins; pings of other kinds only ask whether somebody is there. */
const question = 'block ';

/**
 * Who is connected, and what is sent to all of them. Every receiver has its own place in the row of blocks that are not yet
 * delivered: one that comes begins at the first of these, and one that lags behind what is delivered misses messages and
 * holds up nobody. A ping behind a block asks whether it was read: WebSocket answers in order.
 */
export class Receivers {
  private readonly all = new Set<Receiver>();
  private row: Block[] = [];
  /** Number of the first block in the row. */
  private first = 0;
  private questions = 0;
  private deliveredAt = performance.now();
  private isStalled = false;
  /** Messages that one of the receivers missed, summed over all that ever were. */
  missed = 0;

  constructor(private owner: ReceiversOwner) {}

  get count(): number {
    return this.all.size;
  }

  /** Whether there is something that is not delivered yet. */
  get isHolding(): boolean {
    return this.row.length > 0;
  }

  add(client: WebSocket, request: IncomingMessage): void {
    const receiver = receiverOf(client, request, this.first);
    const { socket } = receiver;
    this.all.add(receiver);
    client.on('pong', (data) => this.hear(receiver, data));
    client.on('ping', (data) => {
      // one that asks and does not read the answers gets none: they would pile up here
      if (socket.writableLength < mostAnswers) client.pong(data);
    });
    client.on('error', () => client.terminate());
    client.on('close', () => {
      this.all.delete(receiver);
      this.owner.changed();
    });
    socket.on('drain', () => this.serve([receiver]));
    this.owner.changed();
    this.serve([receiver]);
  }

  /** Goes on for another owner; whoever it does not want any more is told to connect again. */
  handTo(owner: ReceiversOwner, isWelcome: (page: Page | undefined) => boolean): void {
    this.owner = owner;
    for (const { client, page } of this.all) if (!isWelcome(page)) client.close(serviceRestart, 'the flow was changed');
  }

  /** Forgets what is not delivered: whoever gave it has it still. */
  leave(): void {
    this.owner = { ...this.owner, changed: () => undefined, stalled: () => undefined };
    this.first += this.row.length;
    this.row = [];
    for (const receiver of this.all) {
      receiver.block = this.first;
      receiver.piece = 0;
      receiver.asked = [];
    }
  }

  /** Sends each text as one frame to every receiver that has room. Returns how many of the texts none of them had room for. */
  broadcast(texts: readonly string[]): number {
    const open = [...this.all].filter(isOpen);
    let untaken = 0;
    for (const { frames, count } of piecesOf(texts)) {
      let isTaken = false;
      for (const receiver of open) {
        if (this.hasRoom(receiver, frames)) isTaken = receiver.socket.write(frames) || true;
        else this.miss(receiver, count);
      }
      if (!isTaken) untaken += count;
    }
    return untaken;
  }

  /**
   * Sends each text as one frame to every receiver, as fast as it takes them, and waits where nobody does. Resolves when one
   * of them has all of it. Rejects when the signal is aborted.
   */
  deliver(texts: readonly string[], signal: AbortSignal): void | Promise<void> {
    const { block, isDone, whenDone } = deliveryOf(texts);
    if (this.row.length === 0) this.deliveredAt = performance.now();
    this.row.push(block);
    this.serve([...this.all]);
    return isDone() ? undefined : whenDone(signal, () => this.all.size > 0);
  }

  /** All that is not delivered is for others: whoever gave it need not wait for it. */
  release(): void {
    this.finish(this.first + this.row.length - 1);
  }

  /** Gives receivers what they have room for. */
  private serve(receivers: readonly Receiver[]): void {
    for (const receiver of receivers) this.write(receiver);
    if (this.owner.delivered === 'read') return;
    for (const { block, socket } of receivers) if (socket.writableLength <= smallRest) this.finish(block - 1);
  }

  private write(receiver: Receiver): void {
    if (!isOpen(receiver)) return;
    const { socket } = receiver;
    const before = receiver.block;
    socket.cork();
    for (let block = this.at(receiver.block); block; block = this.at(receiver.block)) {
      const piece = block.pieces[receiver.piece];
      if (piece && !this.hasRoom(receiver, piece.frames)) break;
      if (piece) socket.write(piece.frames);
      receiver.piece += 1;
      if (receiver.piece < block.pieces.length) continue;
      receiver.block += 1;
      receiver.piece = 0;
    }
    if (this.owner.delivered === 'read' && receiver.block > before) this.askIfNeeded(receiver);
    socket.uncork();
  }

  private at(block: number): Block | undefined {
    return this.row[block - this.first];
  }

  private hasRoom({ socket }: Receiver, frames: Buffer): boolean {
    return socket.writableLength + frames.length <= this.owner.mostWaiting || socket.writableLength === 0;
  }

  private askIfNeeded(receiver: Receiver): void {
    const last = this.at(receiver.block - 1);
    if (!last || last.questions >= mostQuestions) return;
    this.ask(receiver);
  }

  /** Asks a receiver whether it has read the last block that it was given. */
  private ask(receiver: Receiver): void {
    const upTo = receiver.block - 1;
    const last = this.at(upTo);
    if (!last || receiver.asked.length >= mostOpen || receiver.asked.at(-1)?.upTo === upTo) return;
    last.questions += 1;
    this.questions += 1;
    receiver.asked.push({ question: this.questions, upTo });
    receiver.client.ping(`${question}${this.questions}`);
  }

  private hear(receiver: Receiver, data: Buffer): void {
    receiver.isAlive = true;
    const text = data.toString('latin1');
    if (!text.startsWith(question)) return;
    // an answer holds for all that was asked before, and one to what was never asked for nothing
    const answered = receiver.asked.findIndex((asked) => asked.question === Number(text.slice(question.length)));
    const upTo = receiver.asked[answered]?.upTo;
    if (upTo === undefined) return;
    receiver.asked.splice(0, answered + 1);
    this.finish(upTo);
    this.askIfNeeded(receiver);
  }

  /** Blocks up to this number are delivered: those who have not got all of one yet will never. */
  private finish(upTo: number): void {
    while (this.row.length > 0 && this.first <= upTo) {
      const block = this.row.shift()!;
      for (const receiver of this.all) if (receiver.block === this.first) this.skip(receiver, block);
      this.first += 1;
      this.deliveredAt = performance.now();
      block.done();
    }
    if (this.isStalled && performance.now() - this.deliveredAt < stalledMs) {
      this.isStalled = false;
      this.owner.stalled(false);
    }
  }

  private skip(receiver: Receiver, { pieces: all }: Block): void {
    this.miss(
      receiver,
      all.slice(receiver.piece).reduce((sum, { count }) => sum + count, 0),
    );
    receiver.block += 1;
    receiver.piece = 0;
  }

  private miss(receiver: Receiver, count: number): void {
    receiver.missed += count;
    this.missed += count;
  }

  /** Looks, about once a second, whether somebody takes what there is; if those who were asked do not, the others may. */
  look(): void {
    if (this.row.length === 0) return;
    const heldUpMs = performance.now() - this.deliveredAt;
    if (this.owner.delivered === 'read') for (const receiver of this.all) this.ask(receiver);
    if (this.isStalled || this.all.size === 0 || heldUpMs < stalledMs) return;
    this.isStalled = true;
    this.owner.stalled(true);
  }

  /** Asks all whether they are still there and ends those that have neither answered nor taken anything since the last time. */
  ping(): void {
    for (const receiver of this.all) askOrEnd(receiver);
  }

  /** Says good-bye to all; those that do not answer in time are ended. Resolves when all are gone. */
  async close(withinMs: number, code: number, reason: string): Promise<void> {
    await Promise.all([...this.all].map(async (receiver) => takeLeave(receiver, { withinMs, code, reason })));
  }

  list(): readonly PlainReceiver[] {
    return [...this.all].map(({ address, socket, sinceMs, missed }) => ({
      address,
      sinceMs,
      waitingBytes: socket.writableLength,
      missed,
    }));
  }
}
