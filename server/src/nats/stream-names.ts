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

export const deadLetterStream = (flow: string): string => `semstreams_dead_letters:${flow}`;

export const deadLetterSubject = (flow: string, component: string): string =>
  `semstreams.dead_letters.${flow}.${component}`;

const shortened = (name: string): string => {
  if (name.length <= longestName) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 16);
  return `${name.slice(0, longestName - hash.length - 1)}:${hash}`;
};
