import { createHash } from 'node:crypto';

/** Both ends of a guaranteed connection, for names. */
export interface BufferPlace {
  readonly flow: string;
  readonly from: string;
  readonly fromPort: string;
  readonly to: string;
  readonly toPort: string;
}

/** Longest name that is used as it is: JetStream makes folders of them, and file systems allow 255. */
const longestName = 200;

/** `semstreams_buffer:drone-telemetry:tidy:out:control-room:in`; a long one is cut, and told apart by a hash. */
export const bufferStream = ({ flow, from, fromPort, to, toPort }: BufferPlace): string =>
  shortened(`${bufferStreamsOf(flow)}${from}:${fromPort}:${to}:${toPort}`);

/** What the names of all buffer streams of a flow begin with. */
export const bufferStreamsOf = (flow: string): string => `semstreams_buffer:${flow}:`;

export const bufferSubject = ({ flow, from, fromPort, to, toPort }: BufferPlace): string =>
  `semstreams.buffer.${flow}.${from}.${fromPort}.${to}.${toPort}`;

const token = '[a-z0-9][a-z0-9_-]{0,62}';
const bufferPattern = new RegExp(
  `^semstreams\\.buffer\\.(${token})\\.(${token})\\.(${token})\\.(${token})\\.(${token})$`,
);

/** Both ends of the connection that a subject of a buffer is of; undefined for any other subject. */
export const bufferPlaceOf = (subject: string): BufferPlace | undefined => {
  const [, flow, from, fromPort, to, toPort] = bufferPattern.exec(subject) ?? [];
  if (flow === undefined) return undefined;
  return { flow, from: from!, fromPort: fromPort!, to: to!, toPort: toPort! };
};

/** The flow whose dead letters go to the subjects of this pattern; undefined for any other pattern. */
export const deadLetterFlowOf = (pattern: string): string | undefined =>
  new RegExp(`^semstreams\\.dead_letters\\.(${token})\\.>$`).exec(pattern)?.[1];

export const isBufferStream = (name: string): boolean => name.startsWith('semstreams_buffer:');

/** What the names of all streams of dead letters begin with. */
export const deadLetterStreamsStart = 'semstreams_dead_letters:';

export const deadLetterStream = (flow: string): string => `${deadLetterStreamsStart}${flow}`;

/** `semstreams.dead_letters.drone-telemetry.tidy.12`: twelve letters of one component in one stored message. */
export const deadLetterSubject = (block: {
  readonly flow: string;
  readonly component: string;
  readonly letters: number;
}): string => `${deadLettersOf(block.flow)}.${block.component}.${block.letters}`;

/** Says that the letter of this number was taken out of the block whose first letter has the number `first`. */
export const takenOutSubject = (letter: {
  readonly flow: string;
  readonly first: number;
  readonly number: number;
}): string => `${deadLettersOf(letter.flow)}.removed.${letter.first}.${letter.number}`;

/** All of that kind for one block. */
export const takenOutSubjects = (flow: string, first: number): string => `${deadLettersOf(flow)}.removed.${first}.*`;

/** Patterns: `single` is a letter from before there were blocks. */
export const deadLetterSubjects = (flow: string) =>
  ({
    all: `${deadLettersOf(flow)}.>`,
    blocks: `${deadLettersOf(flow)}.*.*`,
    single: `${deadLettersOf(flow)}.*`,
  }) as const;

/** How many letters a stored message holds, or which one it says was taken out. */
export const readDeadLetterSubject = (
  flow: string,
  subject: string,
): { readonly letters: number } | { readonly first: number; readonly number: number } => {
  const [, second, third] = subject.slice(deadLettersOf(flow).length + 1).split('.');
  if (third !== undefined) return { first: Number(second), number: Number(third) };
  return { letters: Number(second ?? 1) };
};

const deadLettersOf = (flow: string): string => `semstreams.dead_letters.${flow}`;

const shortened = (name: string): string => {
  if (name.length <= longestName) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 16);
  return `${name.slice(0, longestName - hash.length - 1)}:${hash}`;
};
