import type { Flow, StoredFlow } from '@semstreams/contract';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { DraftStore } from './draft-store.ts';
import { type Choice, type Conflict, merge, same } from './merge.ts';

/** Where the draft is: on the server, on its way there, or only in this browser. */
export type SaveState =
  /** `at` is when it was written from here, in milliseconds since 1970; unknown as long as nothing was. */
  | { readonly kind: 'saved'; readonly at?: number }
  | { readonly kind: 'saving' }
  | { readonly kind: 'failed'; readonly sentence: string }
  | { readonly kind: 'conflict'; readonly conflicts: readonly Conflict[]; readonly theirs: StoredFlow }
  | { readonly kind: 'gone' };

/** What a write is answered with; whatever else happens is thrown and tried again. */
export type PutAnswer =
  { readonly kind: 'stored'; readonly stored: StoredFlow } | { readonly kind: 'stale' } | { readonly kind: 'gone' };

/** The world of the autosave, so that a test can give it any other. */
export interface SaveWorld {
  readonly put: (flow: Flow, revision: number) => Promise<PutAnswer>;
  /** The flow as it is on the server now; nothing when it was deleted. */
  readonly get: () => Promise<StoredFlow | undefined>;
  /** Keeps what the server does not have yet, and forgets it again. */
  readonly keep: (base: StoredFlow, flow: Flow) => void;
  readonly forget: () => void;
  readonly now: () => number;
  /** Calls once after a time in milliseconds; the answer calls it off. */
  readonly later: (call: () => void, afterMs: number) => () => void;
}

/** From a change to its write, at most. */
const settleMs = 500;
const retryMs = [1000, 2000, 5000, 10_000] as const;

/**
 * Keeps the server's draft equal to the draft of the editor. A change is written soon after it was made and kept in the
 * browser until the server has it. What others changed is taken over; what both changed waits for a person to choose.
 */
export class Autosave {
  readonly state: StoreApi<SaveState>;
  private busy: Promise<void> | undefined;
  private cancel: (() => void) | undefined;
  private failures = 0;
  private newest = 0;
  private readonly unsubscribe: () => void;
  private isStopped = false;

  /** @param base the flow as the server has it; the draft may be ahead of it from the start */
  constructor(
    private readonly draft: DraftStore,
    private base: StoredFlow,
    private readonly world: SaveWorld,
  ) {
    this.state = createStore<SaveState>()(() => ({ kind: 'saved' }));
    this.unsubscribe = draft.subscribe(({ flow }, before) => {
      if (flow !== before.flow) this.changed();
    });
    if (!this.isSaved()) this.changed();
  }

  /** Somebody wrote the flow: takes it over, unless it was this editor. Revision 0 says that it was deleted. */
  noticed(revision: number): void {
    if (revision === 0) return this.state.setState({ kind: 'gone' }, true);
    this.newest = Math.max(this.newest, revision);
    if (this.isBehind()) this.plan(0);
  }

  /** Writes now what is not written yet, as after a time without a line. */
  nudge(): void {
    this.failures = 0;
    if (!this.isSaved() || this.newest > this.base.revision) this.plan(0);
  }

  /** Writes what is not written yet and says whether the server has all of it. */
  async flush(): Promise<boolean> {
    while (!this.isSaved() || this.busy) {
      const before = this.state.getState().kind;
      if (before === 'conflict' || before === 'gone') return false;
      await (this.busy ?? this.save());
      if (this.state.getState().kind === 'failed') return false;
    }
    return true;
  }

  /** Goes on after a conflict, with the value that a person chose for each of them. */
  resolve(choose: (conflict: Conflict) => Choice): void {
    const state = this.state.getState();
    if (state.kind !== 'conflict') return;
    this.takeOver(state.theirs, choose);
    this.plan(0);
  }

  /** Makes a flow that was deleted meanwhile anew, from what `create` answers. */
  recreated(stored: StoredFlow): void {
    this.base = stored;
    this.newest = stored.revision;
    this.state.setState({ kind: 'saved', at: this.world.now() }, true);
    this.changed();
  }

  stop(): void {
    this.isStopped = true;
    this.unsubscribe();
    this.cancel?.();
    if (!this.isSaved() && this.canSave()) void this.save();
  }

  private isSaved(): boolean {
    return same(withoutRevision(this.base), this.draft.getState().flow);
  }

  private canSave(): boolean {
    const { kind } = this.state.getState();
    return kind !== 'conflict' && kind !== 'gone';
  }

  private changed(): void {
    if (!this.isSaved()) this.world.keep(this.base, this.draft.getState().flow);
    if (this.canSave() && !this.busy && this.state.getState().kind !== 'failed') this.plan(settleMs);
  }

  private plan(afterMs: number): void {
    if (this.isStopped) return;
    if (this.cancel && afterMs > 0) return;
    this.cancel?.();
    this.cancel = this.world.later(() => {
      this.cancel = undefined;
      void this.save();
    }, afterMs);
  }

  private save(): Promise<void> {
    this.busy ??= this.write().finally(() => {
      this.busy = undefined;
      if (this.canSave() && this.state.getState().kind !== 'failed' && (!this.isSaved() || this.isBehind()))
        this.plan(settleMs);
    });
    return this.busy;
  }

  private isBehind(): boolean {
    return this.newest > this.base.revision;
  }

  private async write(): Promise<void> {
    if (!this.canSave()) return;
    try {
      if (this.isBehind() && !(await this.catchUp())) return;
      if (!this.isSaved()) await this.put();
      else if (this.state.getState().kind !== 'saved') this.settled();
    } catch (thrown) {
      const pause = retryMs[Math.min(this.failures, retryMs.length - 1)]!;
      this.failures += 1;
      this.state.setState({ kind: 'failed', sentence: (thrown as Error).message }, true);
      this.plan(pause);
    }
  }

  private async put(): Promise<void> {
    if (this.state.getState().kind !== 'failed') this.state.setState({ kind: 'saving' }, true);
    const answer = await this.world.put(this.draft.getState().flow, this.base.revision);
    if (answer.kind === 'gone') return this.state.setState({ kind: 'gone' }, true);
    if (answer.kind === 'stale') {
      if (await this.catchUp()) this.plan(0);
      return;
    }
    this.base = answer.stored;
    this.newest = Math.max(this.newest, answer.stored.revision);
    this.settled();
  }

  private settled(): void {
    this.failures = 0;
    if (this.isSaved()) this.world.forget();
    else this.world.keep(this.base, this.draft.getState().flow);
    this.state.setState({ kind: 'saved', at: this.world.now() }, true);
  }

  /** Takes over what is on the server; says whether the draft can be written on top of it. */
  private async catchUp(): Promise<boolean> {
    const theirs = await this.world.get();
    if (!theirs) {
      this.state.setState({ kind: 'gone' }, true);
      return false;
    }
    const { conflicts } = merge(withoutRevision(this.base), this.draft.getState().flow, withoutRevision(theirs));
    if (conflicts.length > 0) {
      this.state.setState({ kind: 'conflict', conflicts, theirs }, true);
      return false;
    }
    this.takeOver(theirs);
    return true;
  }

  private takeOver(theirs: StoredFlow, choose?: (conflict: Conflict) => Choice): void {
    const { flow } = merge(withoutRevision(this.base), this.draft.getState().flow, withoutRevision(theirs), choose);
    this.base = theirs;
    this.newest = Math.max(this.newest, theirs.revision);
    if (!same(flow, this.draft.getState().flow)) this.draft.getState().adopt(flow);
    this.settled();
  }
}

export const withoutRevision = ({ revision: _, ...flow }: StoredFlow): Flow => flow;
