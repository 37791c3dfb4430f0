import { portTaken } from '../engine/port-taken.ts';
import { clash, type Listening } from '../flows/listening.ts';

/** What else listens on this machine and is at work. */
export interface AtWork {
  /** As a person is told of it, such as `the flow “first”`. */
  readonly name: string;
  readonly listening: readonly Pick<Listening, 'at'>[];
}

/** What a component says whose port somebody else has, with the name of who has it where that is known. */
export const whoHasThePort = (
  sentence: string,
  mine: Listening | undefined,
  others: () => readonly AtWork[],
): string => {
  if (!mine || sentence !== portTaken(mine.at.port)) return sentence;
  const other = others().find(({ listening }) => listening.some(({ at }) => clash(at, mine.at)));
  return other ? `port ${mine.at.port} is used by ${other.name}` : sentence;
};
