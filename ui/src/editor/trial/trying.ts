import type { Flow, RecentMessages, Trial, TrialRequest } from '@semstreams/contract';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { DraftStore } from '../draft/draft-store.ts';
import { fileMessages, NoMessages, seenMessages, type Taken, typedMessages } from './messages-of.ts';

/** Where the messages come from that a draft is tried with. */
export type Source =
  | { readonly kind: 'seen'; readonly from: string; readonly to: string }
  | { readonly kind: 'typed'; readonly text: string }
  | { readonly kind: 'file'; readonly name: string; readonly text: string };

export type At = NonNullable<TrialRequest['at']>;

export interface TryState {
  readonly source: Source | undefined;
  /** Where they enter; the first input where nothing is said. */
  readonly at: At | undefined;
  readonly isTrying: boolean;
  /** Why there is no answer to the draft as it is. */
  readonly problem: string | undefined;
  /** The last answer; it stays until the next one comes. */
  readonly trial: Trial | undefined;
  /** The draft that it is an answer to. */
  readonly of: Flow | undefined;
  /** What was left out of the messages, in words. */
  readonly left: string | undefined;
}

export interface TryWorld {
  readonly tryFlow: (request: TrialRequest, signal: AbortSignal) => Promise<Trial>;
  readonly recent: (from: string, to: string, signal: AbortSignal) => Promise<RecentMessages>;
  readonly later: (call: () => void, afterMs: number) => () => void;
  /** Whether the server only asks to come again. */
  readonly isBusy: (thrown: unknown) => boolean;
}

const settleMs = 400;
const againMs = 2000;

/** Tries the draft while somebody looks: anew after each change of it and of the messages. */
export class Trying {
  readonly state: StoreApi<TryState> = createStore<TryState>()(() => ({
    source: undefined,
    at: undefined,
    isTrying: false,
    problem: undefined,
    trial: undefined,
    of: undefined,
    left: undefined,
  }));
  private asking: AbortController | undefined;
  private cancel: (() => void) | undefined;
  private unsubscribe: (() => void) | undefined;
  /** Messages that came by, as of when they were asked for. */
  private seen: RecentMessages | undefined;

  constructor(
    private readonly draft: DraftStore,
    private readonly world: TryWorld,
  ) {}

  /** Somebody looks; returns how to end that. */
  begin(): () => void {
    this.unsubscribe ??= this.draft.subscribe(({ flow }, before) => {
      if (isOtherFlow(flow, before.flow)) this.plan(settleMs);
    });
    this.plan(0);
    return () => this.end();
  }

  choose(source: Source, at?: At): void {
    this.seen = undefined;
    this.state.setState({ source, at });
    this.plan(source.kind === 'typed' ? settleMs : 0);
  }

  /** Takes what has come by since. */
  takeNewer(): void {
    this.seen = undefined;
    this.plan(0);
  }

  private end(): void {
    this.unsubscribe?.();
    this.unsubscribe = undefined;
    this.cancel?.();
    this.asking?.abort();
    this.state.setState({ isTrying: false });
  }

  private plan(afterMs: number): void {
    this.cancel?.();
    this.asking?.abort();
    if (!this.unsubscribe || !this.state.getState().source) return;
    this.state.setState({ isTrying: true });
    this.cancel = this.world.later(() => void this.ask(), afterMs);
  }

  private async ask(): Promise<void> {
    const asking = new AbortController();
    this.asking = asking;
    const { source, at } = this.state.getState();
    const settle = (answer: Partial<TryState>): void => {
      if (!asking.signal.aborted) this.state.setState({ isTrying: false, ...answer });
    };
    try {
      const { messages, left } = await this.messagesOf(source!, asking.signal);
      const { flow } = this.draft.getState();
      const request = { flow, ...(at ? { at } : {}), messages: [...messages] };
      settle({ trial: await this.world.tryFlow(request, asking.signal), of: flow, problem: undefined, left });
    } catch (thrown) {
      if (asking.signal.aborted) return;
      if (this.world.isBusy(thrown)) this.plan(againMs);
      else
        settle({ problem: (thrown as Error).message, ...(thrown instanceof NoMessages ? { trial: undefined } : {}) });
    }
  }

  private async messagesOf(source: Source, signal: AbortSignal): Promise<Taken> {
    if (source.kind === 'typed') return typedMessages(source.text);
    if (source.kind === 'file') return fileMessages(source.text);
    this.seen ??= await this.world.recent(source.from, source.to, signal);
    return seenMessages(this.seen.messages);
  }
}

/** Whether messages may go another way than before; a card that was moved is no such change. */
const isOtherFlow = (flow: Flow, before: Flow): boolean =>
  flow.components !== before.components || flow.connections !== before.connections;
