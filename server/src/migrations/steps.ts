import type { StoredData } from '../nats/storage/stored-data.ts';

/** What a step works on: the buckets in NATS, or those of a backup. */
export type Entries = Pick<StoredData, 'buckets' | 'entries' | 'get' | 'put' | 'remove'>;

/** Brings the data from one version to the next. It may run twice, so it looks at what is there. */
export interface Step {
  readonly title: string;
  readonly run: (data: Entries) => Promise<void>;
}

/** In order: the first one makes version 1 of what has no version. A step that was released is never changed again. */
export const steps: readonly Step[] = [
  {
    title: 'data without a version is of the first form, and only its version is written down',
    run: async () => undefined,
  },
  {
    title:
      'what waits in guaranteed connections is read as it is; what comes now is kept in a shorter form, that an older SemStreams does not read',
    run: async () => undefined,
  },
];

/** The version of the stored data that this SemStreams works with. */
export const dataVersion = steps.length;

/** Takes the steps that data of version `from` has not seen, and tells of each before it is taken. */
export const broughtUpToDate = async (
  data: Entries,
  from: number,
  { taken = steps, tell = () => undefined }: { taken?: readonly Step[]; tell?: (step: Step) => void } = {},
): Promise<void> => {
  for (const step of taken.slice(from)) {
    tell(step);
    await step.run(data);
  }
};
