import type { LaneEnd } from './lane.ts';
import type { RunId } from './agreed/lane-protocol.ts';

/**
 * What the end of a lane says about one of its flows: it was the one, or another was; or nobody knows, and it goes on in a
 * smaller company until that is known.
 */
export type Verdict = 'culprit' | 'innocent' | { readonly company: string };

/** One run of the lane that has ended. */
export interface Judged {
  readonly run: RunId;
  /** Whether all its components were open. */
  readonly isOpen: boolean;
}

/**
 * A verdict for each run. Where one brought the lane down as it was opening, or nobody knows which one it was, the others
 * that had not opened either are under suspicion: they go on in two companies, until all culprits are known, and cost those
 * that were open no second lane.
 */
export const judge = (
  runs: readonly Judged[],
  end: Pick<LaneEnd, 'cause' | 'run'>,
  newCompany: () => string,
): readonly Verdict[] => {
  if (end.cause === 'unresponsive') return runs.map(() => 'innocent');
  const culprit = runs.length === 1 ? runs[0] : runs.find(({ run }) => run === end.run);
  // it has left the lane meanwhile
  if (!culprit && end.run !== undefined) return runs.map(() => 'innocent');
  const others = runs.filter((run) => run !== culprit);
  const opening = others.filter(({ isOpen }) => !isOpen);
  const suspects = new Set(culprit?.isOpen ? [] : culprit || opening.length > 0 ? opening : others);
  const companies = suspects.size === 0 ? [] : [newCompany(), newCompany()];
  let next = 0;
  return runs.map((run) => {
    if (run === culprit) return 'culprit';
    return suspects.has(run) ? { company: companies[next++ % 2]! } : 'innocent';
  });
};
