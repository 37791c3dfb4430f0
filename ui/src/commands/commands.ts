import type { LucideIcon } from 'lucide-react';

/** Something that a person can do from the command palette. */
export interface Command {
  readonly id: string;
  readonly title: string;
  /** Where it belongs in the list: "Flows", "Go to", … */
  readonly group: string;
  readonly icon: LucideIcon;
  /** Other words that people may type for it. */
  readonly keywords?: readonly string[];
  /** Keys that do the same, as people read them: "Ctrl K". */
  readonly keys?: string;
  readonly run: () => void;
}

/** What can be done at this moment: the shell and the open page each bring their own, and take them with them. */
export class Commands {
  private readonly sources = new Map<symbol, readonly Command[]>();
  private readonly listeners = new Set<() => void>();
  private present: readonly Command[] = [];

  /** Offers commands until the returned function is called. */
  offer(commands: readonly Command[]): () => void {
    const source = Symbol('commands');
    this.sources.set(source, commands);
    this.tell();
    return () => {
      this.sources.delete(source);
      this.tell();
    };
  }

  readonly read = (): readonly Command[] => this.present;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  /** What was offered last stands first: the open page before the shell. */
  private tell(): void {
    this.present = [...this.sources.values()].reverse().flat();
    for (const listener of this.listeners) listener();
  }
}

export const commands = new Commands();
