import { JetStreamApiError, type JetStreamManager, type StreamInfo } from '@nats-io/jetstream';
import { changesIn, ensureStream, findStream, type StreamWish, updated } from './ensure-stream.ts';
import { isCode } from '../connection/jet-stream.ts';

/** Error code of the JetStream API: what was changed cannot be changed back. */
const invalidConfig = 10_052;

/**
 * The form that the stream of a buffer should have. What somebody changed by hand is changed back and said. What cannot be
 * changed back, such as a seal, is said, too: what waits is delivered, and the stream is made anew when nothing does.
 */
export class BufferForm {
  private lockedBy: string | undefined;
  private hasToldOfConsumer = false;

  constructor(
    private readonly wish: StreamWish,
    /** Says what happened to the stream. */
    private readonly tell: (sentence: string) => void,
  ) {}

  /** Why it takes or forgets nothing any more; undefined where it is as it should be. */
  get locked(): string | undefined {
    return this.lockedBy;
  }

  /** As it should be, with numbers behind `after` where it has to be made. What settings have changed is no news. */
  async ensure(manager: JetStreamManager, after: number): Promise<StreamInfo> {
    const present = await findStream(manager, this.wish.name);
    try {
      const info = await ensureStream(manager, this.wish, { present, after });
      this.lockedBy = undefined;
      return info;
    } catch (thrown) {
      if (!present || !isCode(thrown, invalidConfig)) throw thrown;
      return this.lock(present, changesIn(this.wish, present.config));
    }
  }

  /** What was found, put right where somebody changed it. */
  async putRight(manager: JetStreamManager, info: StreamInfo): Promise<StreamInfo> {
    this.tellOfConsumer(info);
    const changes = changesIn(this.wish, info.config);
    if (changes.length === 0) {
      this.lockedBy = undefined;
      return info;
    }
    if (this.lockedBy !== undefined) return info;
    try {
      const right = await updated(manager, this.wish, info);
      this.tell(`${named(changes)} of the stream "${this.wish.name}" was changed by hand, and is put right`);
      return right;
    } catch (thrown) {
      if (!(thrown instanceof JetStreamApiError)) throw thrown;
      return this.lock(info, changes);
    }
  }

  private lock(info: StreamInfo, changes: readonly string[]): StreamInfo {
    if (this.lockedBy === undefined)
      this.tell(
        `${named(changes)} of the stream "${this.wish.name}" was changed by hand and cannot be put right: what waits in it is delivered, then it is made anew`,
      );
    this.lockedBy = `somebody changed ${named(changes)} of its stream, so it is made anew when what waits is delivered`;
    return info;
  }

  private tellOfConsumer({ state }: StreamInfo): void {
    if (state.consumer_count === 0 || this.hasToldOfConsumer) return;
    this.hasToldOfConsumer = true;
    this.tell(
      `somebody reads the stream "${this.wish.name}" by a consumer: it takes nothing from the flow and sees only what waits; remove it when it is of no use`,
    );
  }
}

const named = (changes: readonly string[]): string => changes.map((change) => `"${change}"`).join(', ');
