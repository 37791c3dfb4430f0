import type { PortPlace } from '@semstreams/contract';
import { nameOf } from './draft/edits.ts';
import { useFlow } from './editor-context.ts';

/** The name of a component, with the port where it has several. */
export const useNames = (): ((place: PortPlace) => string) => {
  const flow = useFlow();
  return ({ component, port }) => {
    const name = nameOf(flow.components.find(({ id }) => id === component) ?? { id: component });
    return port === 'in' || port === 'out' ? name : `${name} (${port})`;
  };
};
