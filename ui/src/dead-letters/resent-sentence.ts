import type { Resent } from '@semstreams/contract';

/** What came of sending again, with the first reason where something failed. */
export const resentSentence = ({ resent, failed, left }: Resent): string => {
  const more = left === 0 ? '' : `; ${left} are left, send them again`;
  const sent = resent === 1 ? 'One message was sent again' : `${resent} messages were sent again`;
  const first = failed[0];
  if (!first) return `${sent}${more}`;
  const rest = failed.length === 1 ? 'one could not' : `${failed.length} could not`;
  return `${resent === 0 ? 'Nothing was sent again' : `${sent}, ${rest}`}: ${first.sentence}${more}`;
};
