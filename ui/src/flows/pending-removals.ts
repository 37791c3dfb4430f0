/** So long a removal can be taken back, in milliseconds. */
export const undoMs = 8000;

/**
 * Flows that are gone from the list and not yet from the server: nothing is lost when somebody takes it back, not even
 * versions. Whatever is still pending when the page closes is removed then.
 */
export class PendingRemovals {
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  private hidden: ReadonlySet<string> = new Set();
  private readonly listeners = new Set<() => void>();

  /** `remove` tells people itself when it fails; the flow is shown again then. */
  constructor(private readonly remove: (flow: string, isClosing: boolean) => Promise<void>) {}

  /** Ids of flows not to be shown. The same set until it changes. */
  readonly read = (): ReadonlySet<string> => this.hidden;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  /** Hides the flow now and removes it in a while. */
  add(flow: string): void {
    this.timers.set(
      flow,
      setTimeout(() => void this.carryOut(flow), undoMs),
    );
    this.hide([...this.hidden, flow]);
  }

  /** Whether it was still time to. */
  takeBack(flow: string): boolean {
    clearTimeout(this.timers.get(flow));
    const wasPending = this.timers.delete(flow);
    if (wasPending) this.show(flow);
    return wasPending;
  }

  /** Removes all that is pending, because the page closes. */
  close(): void {
    for (const [flow, timer] of this.timers) {
      clearTimeout(timer);
      void this.remove(flow, true);
    }
    this.timers.clear();
  }

  private async carryOut(flow: string): Promise<void> {
    this.timers.delete(flow);
    await this.remove(flow, false);
    this.show(flow);
  }

  private show(flow: string): void {
    this.hide([...this.hidden].filter((hidden) => hidden !== flow));
  }

  private hide(flows: readonly string[]): void {
    this.hidden = new Set(flows);
    for (const listener of this.listeners) listener();
  }
}
