import type { Happening } from '@semstreams/contract';

/** Something that has just happened, as whoever saw it tells it. */
export type Happened = Pick<Happening, 'kind' | 'level' | 'sentence' | 'flow' | 'component' | 'who' | 'messages'>;
