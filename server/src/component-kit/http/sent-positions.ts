/** Header by which one SemStreams tells another which of its messages a request carries, in the order of the body. */
export const sentHeader = 'SemStreams-Messages';

/** The number of a message within what a guaranteed connection has kept in one run. Rises, and stays the same when it comes again. */
export interface Sent {
  readonly run: string;
  readonly sequence: number;
}

/** Such as `q1w2.3.0:17-19,25`: runs without spaces, commas and colons; ranges that rise by one. Empty where one has no number. */
export const writeSent = (sent: readonly (Sent | undefined)[]): string => {
  const ranges: { readonly run: string; readonly first: number; last: number }[] = [];
  for (const one of sent) {
    if (!one) return '';
    const open = ranges.at(-1);
    if (open && open.run === one.run && one.sequence === open.last + 1) open.last = one.sequence;
    else ranges.push({ run: one.run, first: one.sequence, last: one.sequence });
  }
  return ranges
    .map(({ run, first, last }, index) => {
      const named = ranges[index - 1]?.run === run ? '' : `${run}:`;
      return first === last ? `${named}${first}` : `${named}${first}-${last}`;
    })
    .join(',');
};

/** What `writeSent` wrote of so many messages; undefined where it is something else. */
export const readSent = (text: string, count: number): readonly Sent[] | undefined => {
  const sent: Sent[] = [];
  let run = '';
  for (const part of text.split(',')) {
    const found = /^(?:([^\s,:]{1,200}):)?(\d{1,15})(?:-(\d{1,15}))?$/.exec(part.trim());
    if (!found) return undefined;
    run = found[1] ?? run;
    const [first, last] = [Number(found[2]), Number(found[3] ?? found[2])];
    if (run === '' || last < first || sent.length + last - first + 1 > count) return undefined;
    for (let sequence = first; sequence <= last; sequence += 1) sent.push({ run, sequence });
  }
  return sent.length === count ? sent : undefined;
};
