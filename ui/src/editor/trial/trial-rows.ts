import type { Trial, TrialStep } from '@semstreams/contract';

/** What became of one message that went in: the steps at each component, with all that was made of it. */
export interface TrialRow {
  /** Number of the message; undefined for what was made as time passed. */
  readonly message: number | undefined;
  readonly steps: ReadonlyMap<string, readonly TrialStep[]>;
}

/** One row for each message that went in, and one more where time made something. */
export const rowsOf = ({ tried, steps }: Pick<Trial, 'tried' | 'steps'>): readonly TrialRow[] => {
  const rows = Array.from({ length: tried + 1 }, () => new Map<string, TrialStep[]>());
  /** The rows that each message belongs to. What many went into belongs to the one that it came with. */
  const rowOf = new Map<number, number>(Array.from({ length: tried }, (_, message) => [message, message]));
  for (const step of steps) {
    const row = (step.given === undefined ? undefined : rowOf.get(step.given)) ?? tried;
    for (const { message } of step.made) if (!rowOf.has(message)) rowOf.set(message, row);
    const cell = rows[row]!.get(step.component);
    if (cell) cell.push(step);
    else rows[row]!.set(step.component, [step]);
  }
  return rows
    .map((cells, index): TrialRow => ({ message: index < tried ? index : undefined, steps: cells }))
    .filter(({ message, steps: cells }) => message !== undefined || cells.size > 0);
};
