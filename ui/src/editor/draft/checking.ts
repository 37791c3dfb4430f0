import type { Finding, Flow } from '@semstreams/contract';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { DraftStore } from './draft-store.ts';

/** What the server says about the draft. Not being able to ask it is no answer: neither good nor bad. */
export type CheckState =
  | { readonly kind: 'checking'; readonly findings: readonly Finding[] }
  | { readonly kind: 'checked'; readonly findings: readonly Finding[] }
  | { readonly kind: 'unchecked'; readonly findings: readonly Finding[]; readonly sentence: string };

export interface CheckWorld {
  readonly validate: (flow: Flow, signal: AbortSignal) => Promise<readonly Finding[]>;
  readonly later: (call: () => void, afterMs: number) => () => void;
}

const settleMs = 200;
const retryMs = 3000;

/** Asks the server about the draft after every change; the last answer stays until the next one comes. */
export class Checking {
  readonly state: StoreApi<CheckState> = createStore<CheckState>()(() => ({ kind: 'checking', findings: [] }));
  private asking: AbortController | undefined;
  private cancel: (() => void) | undefined;
  private readonly unsubscribe: () => void;

  constructor(
    private readonly draft: DraftStore,
    private readonly world: CheckWorld,
  ) {
    this.unsubscribe = draft.subscribe(({ flow }, before) => {
      if (flow !== before.flow) this.plan(settleMs);
    });
    void this.ask();
  }

  stop(): void {
    this.unsubscribe();
    this.cancel?.();
    this.asking?.abort();
  }

  private plan(afterMs: number): void {
    this.cancel?.();
    this.asking?.abort();
    this.cancel = this.world.later(() => void this.ask(), afterMs);
  }

  private async ask(): Promise<void> {
    const asking = new AbortController();
    this.asking = asking;
    this.state.setState(({ findings }) => ({ kind: 'checking', findings }), true);
    try {
      const findings = await this.world.validate(this.draft.getState().flow, asking.signal);
      if (!asking.signal.aborted) this.state.setState({ kind: 'checked', findings }, true);
    } catch (thrown) {
      if (asking.signal.aborted) return;
      const sentence = (thrown as Error).message;
      this.state.setState(({ findings }) => ({ kind: 'unchecked', findings, sentence }), true);
      this.plan(retryMs);
    }
  }
}
