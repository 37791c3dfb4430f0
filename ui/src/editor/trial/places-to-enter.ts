import { type Flow, portsOf, portsOfComponent } from '@semstreams/contract';
import type { TypesById } from '../editor-context.ts';

/** Where messages can enter a flow: behind an input, or into another component. */
export interface EnterPlace {
  readonly component: string;
  readonly port: string;
  readonly isBehind: boolean;
  /** Whether it is the only place of its component. */
  readonly isOne: boolean;
}

/** All places, those behind inputs first. */
export const placesToEnter = (flow: Flow, types: TypesById): readonly EnterPlace[] =>
  flow.components
    .flatMap((component): EnterPlace[] => {
      const isBehind = types.get(component.type)?.category === 'input';
      const ports = portsOf(portsOfComponent(component, types), isBehind ? 'output' : 'input');
      return ports.map((port) => ({ component: component.id, port, isBehind, isOne: ports.length === 1 }));
    })
    .sort((one, other) => Number(other.isBehind) - Number(one.isBehind));

export const firstAt = (flow: Flow, types: TypesById): { component: string; port: string } | undefined => {
  const [first] = placesToEnter(flow, types);
  return first && { component: first.component, port: first.port };
};
