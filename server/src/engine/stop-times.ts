import type { World } from './world.ts';

/**
 * What hangs is given up so many milliseconds after the deadline of a stop, one thing after the other: first the engine's
 * own waits for a component, then the closing of inputs, the deliveries from disk, and the closing of all others. Together
 * less than the second that a stop may take longer than it was given.
 */
const afterDeadlineMs = { handlers: 200, inputs: 300, deliveries: 400, others: 700 } as const;
/** What is being opened may take so long to notice that the flow stops, in milliseconds. */
const openingMs = 1000;

export type Stage = keyof typeof afterDeadlineMs | 'opening';

/** The ends of a stop: `passed` resolves at the deadline, `reached` when a stage must be over. `done` ends the waits. */
export const stopTimes = (
  deadline: AbortSignal,
  wait: World['wait'],
): { readonly passed: Promise<void>; readonly reached: Readonly<Record<Stage, Promise<void>>>; done(): void } => {
  const isOver = new AbortController();
  const passed = new Promise<void>((resolve) => {
    if (deadline.aborted) resolve();
    else deadline.addEventListener('abort', () => resolve(), { once: true, signal: isOver.signal });
  });
  const rest = async (milliseconds: number): Promise<void> => wait(milliseconds, isOver.signal).catch(() => undefined);
  const after = async (milliseconds: number): Promise<void> => {
    await passed;
    await rest(milliseconds);
  };
  return {
    passed,
    reached: {
      opening: rest(openingMs),
      handlers: after(afterDeadlineMs.handlers),
      inputs: after(afterDeadlineMs.inputs),
      deliveries: after(afterDeadlineMs.deliveries),
      others: after(afterDeadlineMs.others),
    },
    done: () => isOver.abort(),
  };
};
