import type { Notice } from './status.ts';

/** Whether it is no state of the flow: it may be as it is meant. */
export const isMild = ({ kind }: Pick<Notice, 'kind'>): boolean =>
  kind === 'passes_nothing' || kind === 'nothing_comes';

/** So many notices a status has at most, and so many a row of a list. */
export const mostNotices = { status: 50, overview: 3 } as const;
