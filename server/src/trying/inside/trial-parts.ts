import {
  type Component,
  connectionsOf,
  findCircle,
  type Ports,
  portsOf,
  portsWith,
  type ResolvedConnection,
  resolvedConnections,
} from '@semstreams/contract';
import type { ComponentDefinition } from '../../engine/component.ts';
import { sentenceOf } from '../../engine/fault.ts';
import { markedSecrets, resolvedConfig, secretsIn } from '../../catalogue/secrets.ts';
import type { TrialOrder } from '../trial-order.ts';
import type { TrialRecord } from './trial-record.ts';
import { deadEnd, type Leave, recorded, silentInput } from './trial-types.ts';

/** A processor that works, as far as is known before it is opened: its config has its secrets, and fits. */
export interface Working {
  readonly definition: ComponentDefinition;
  readonly config: unknown;
}

/** What is known of the processors of a flow before one of them is made, by id: those that work, and why others do not. */
export interface Prepared {
  readonly working: Map<string, Working>;
  readonly broken: Map<string, string>;
  /** Secrets of their configs. */
  readonly secrets: readonly string[];
}

/** Where the messages come from when they do not leave an input: no component has such an id. */
const source = '@messages';

/** Loads what a flow is tried with. What is wrong with one component costs that one alone. */
export const prepare = async (
  { flow, types, ownComponents, secretsDir }: TrialOrder,
  load: (type: string, ownFile: string | undefined) => Promise<ComponentDefinition>,
): Promise<Prepared> => {
  const [working, broken] = [new Map<string, Working>(), new Map<string, string>()];
  const secrets: string[] = [];
  for (const { id, type, config = {} } of flow.components) {
    const known = types[type];
    if (known === undefined) broken.set(id, `there is no component type "${type}"`);
    if (known?.category !== 'processor') continue;
    try {
      const definition = await load(type, ownComponents[type]);
      const given = { secretsDir, component: id, schema: definition.config };
      working.set(id, { definition, config: resolvedConfig(definition.config, config, given) });
      secrets.push(...secretsIn(config, given), ...markedSecrets(definition.config, config));
    } catch (thrown) {
      broken.set(id, sentenceOf(thrown));
    }
  }
  return { working, broken, secrets };
};

/** A flow whose inputs and outputs are silent, and whose processors are the real ones. Types are named as the components are. */
export interface TrialParts {
  readonly flow: TrialOrder['flow'] & { readonly id: string };
  readonly types: ReadonlyMap<string, ComponentDefinition>;
  readonly configOf: (id: string) => unknown;
  /** Lets messages in where they are to enter; there once the flow is made. */
  readonly enter: { readonly emit?: Leave; readonly port: string };
}

export const trialParts = (
  { flow, types: known, at }: TrialOrder,
  { working, broken }: Pick<Prepared, 'working' | 'broken'>,
  given: { readonly record: TrialRecord; readonly broke: (id: string, sentence: string) => void },
): TrialParts => {
  const { record, broke } = given;
  const types = new Map<string, ComponentDefinition>();
  const enter: { emit?: Leave; component: string; port: string } = { ...at };
  const ready = (id: string) => (emit: Leave) => {
    if (id === enter.component) enter.emit = emit;
  };
  for (const component of flow.components) {
    const { id, type, config } = component;
    const works = broken.has(id) ? undefined : working.get(id);
    const ports = known[type] ? portsWith(known[type], config) : portsNamed(component, flow);
    if (works) types.set(id, recorded(id, works.definition, { ...works, record, broke: (why) => broke(id, why) }));
    else if (known[type]?.category === 'input' || (!known[type] && isBeginning(id, flow)))
      types.set(id, silentInput(id, ports, ready(id)));
    else types.set(id, deadEnd(id, ports, { record, outcome: broken.has(id) ? 'stopped' : 'sent' }));
  }
  const components: Component[] = flow.components.map(({ id, config = {} }) => ({ id, type: id, config }));
  const connections = withoutCircles(resolvedConnections({ ...flow, components }, types));
  const entering: ResolvedConnection[] = [];
  const entered = types.get(at.component);
  const leaving = entered?.category === 'input' ? portsOf(entered.ports, 'output') : [];
  if (leaving.length > 0) enter.port = leaving.find((port) => port === at.port) ?? leaving[0]!;
  else {
    enter.component = source;
    enter.port = 'out';
    types.set(source, silentInput(source, { out: anyOutput }, ready(source)));
    components.push({ id: source, type: source, config: {} });
    entering.push({ from: { component: source, port: 'out' }, to: at, delivery: 'live', buffer: undefined });
  }
  return {
    flow: {
      id: 'trial',
      components,
      connections: [...entering, ...connections].map(({ from, to }) => ({
        from: `${from.component}.${from.port}`,
        to: `${to.component}.${to.port}`,
        delivery: 'live',
      })),
    },
    types,
    configOf: (id) => working.get(id)?.config ?? {},
    enter,
  };
};

const anyOutput = { direction: 'output', kind: 'any', required: false } as const;
const anyInput = { direction: 'input', kind: 'any', required: false } as const;

/** The ports that connections name of a component whose type nobody knows. */
const portsNamed = ({ id }: Component, flow: TrialOrder['flow']): Ports => {
  const named = (end: 'from' | 'to', otherwise: string): string[] =>
    connectionsOf(flow).flatMap((connection) => {
      const [component, port = otherwise] = connection[end].split('.');
      return component === id ? [port] : [];
    });
  return Object.fromEntries([
    ...named('to', 'in').map((port) => [port, anyInput] as const),
    ...named('from', 'out').map((port) => [port, anyOutput] as const),
  ]);
};

const isBeginning = (id: string, flow: TrialOrder['flow']): boolean =>
  connectionsOf(flow).every(({ to }) => to.split('.')[0] !== id);

/** What goes round in a circle would never end: of each, one connection is left out. */
const withoutCircles = (connections: readonly ResolvedConnection[]): readonly ResolvedConnection[] => {
  const back = findCircle(connections);
  return back ? withoutCircles(connections.filter((each) => each !== back)) : connections;
};
