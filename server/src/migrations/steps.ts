import type { StoredData } from '../nats/stored-data.ts';

/** Brings the data from one version to the next. It may run twice, so it looks at what is there. */
export interface Step {
  readonly title: string;
  readonly run: (data: StoredData) => Promise<void>;
}

/** In order: the first one makes version 1 of what has no version. A step that was released is never changed again. */
export const steps: readonly Step[] = [
  {
    title: 'data without a version is of the first form, and only its version is written down',
    run: async () => undefined,
  },
];
