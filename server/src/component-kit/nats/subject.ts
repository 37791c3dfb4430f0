/** NATS takes longer ones, and routers between may not. */
const longest = 1000;

const tokensProblem = (subject: string, allowsWildcards: boolean): string | undefined => {
  if (subject === '') return 'write a subject such as "sensors.temperature"';
  if (subject.length > longest) return `a subject has ${longest} characters at most`;
  if (/[\s\p{C}]/u.test(subject)) return 'a subject has no blanks and no control characters';
  const tokens = subject.split('.');
  if (tokens.includes('')) return 'something has to stand on both sides of each dot';
  const odd = tokens.find((token) => /[*>]/.test(token) && token.length > 1);
  const early = tokens.slice(0, -1).includes('>');
  if (!allowsWildcards && tokens.some((token) => /[*>]/.test(token)))
    return 'wildcards are for those who subscribe: write no "*" and no ">"';
  if (odd !== undefined) return `"*" and ">" stand alone between dots, and not as in "${odd}"`;
  return early ? '">" stands for all that follows, so it comes last' : undefined;
};

/**
 * What this product itself keeps in a NATS, how it speaks with JetStream, and the answers that somebody else has asked for: a flow that took or wrote there would take what it has
 * written, or harm what others rely on.
 */
const owned = /^(?:_INBOX\.|semstreams\.|\$KV\.semstreams_|\$JS\.(?!EVENT\.|ACK\.?$)|\$SYS\.REQ\.)/;
/** The same for names of streams. */
const ownedStream = /^(?:KV_semstreams_|semstreams_)/;

/** Whether what goes by a subject is how this product, or its NATS, speaks with itself. */
export const isOwned = (subject: string): boolean => owned.test(subject);

/** Whether a stream is one in which this product keeps something. */
export const isOwnedStream = (name: string): boolean => ownedStream.test(name);

const ownedProblem =
  'it belongs to what this product keeps in NATS, and flows stay out of that: connections, dead letters and buckets have pages of their own';

/** Why nobody can subscribe to a text, for people; undefined where somebody can. */
export const filterProblem = (filter: string): string | undefined =>
  tokensProblem(filter, true) ?? (isOwned(filter) ? ownedProblem : undefined);

/** Why nothing can be published to a text, for people; undefined where something can. */
export const subjectProblem = (subject: string): string | undefined =>
  tokensProblem(subject, false) ?? (isOwned(subject) ? ownedProblem : undefined);

/** Why a text is no name of a stream, consumer or queue, for people; undefined where it is one, or empty. */
export const nameProblem = (name: string): string | undefined => {
  if (/[\s\p{C}.*>/\\]/u.test(name)) return 'a name has no blanks, and none of . * > / \\';
  return isOwnedStream(name) ? ownedProblem : undefined;
};

/** Whether a message may come in by these filters: what NATS tells itself comes only to who has asked for it by name. */
export const isMeant = (subject: string, filters: readonly string[]): boolean => {
  if (isOwned(subject)) return false;
  const isInternal = subject.startsWith('$');
  return !isInternal || filters.some((filter) => filter.startsWith(subject.split('.')[0]!));
};

/** Whether there is a subject that two filters have in common. */
export const overlap = (one: string, other: string): boolean => {
  const [ours, theirs] = [one.split('.'), other.split('.')];
  for (let at = 0; ; at += 1) {
    const [a, b] = [ours[at], theirs[at]];
    if (a === undefined || b === undefined) return a === b;
    if (a === '>' || b === '>') return true;
    if (a !== b && a !== '*' && b !== '*') return false;
  }
};
