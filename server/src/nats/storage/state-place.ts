import type { BufferLimits, Flow } from '@semstreams/contract';
import type { BufferPlace } from './stream-names.ts';

/** What a component keeps lies beside the buffers, as one from the component to itself, which no connection can be. */
export const statePlace = (flow: string, component: string): BufferPlace => ({
  flow,
  from: component,
  fromPort: 'state',
  to: component,
  toPort: 'state',
});

/** It is kept for as long as the component is there. */
export const stateLimits: BufferLimits = {
  maxBytes: 1024 ** 3,
  maxAgeMs: 3650 * 24 * 3_600_000,
  whenFull: 'block',
};

/** Where the components of a flow keep what they keep. */
export const statePlacesOf = (
  { id, components }: Pick<Flow, 'id' | 'components'>,
  keepsState: (type: string) => boolean,
): BufferPlace[] => components.filter(({ type }) => keepsState(type)).map((each) => statePlace(id, each.id));
