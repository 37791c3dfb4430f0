import { connectionsOf, endpointOf, type Flow, type SeenConnection } from '@semstreams/contract';
import { connectionsIn } from '../draft/connections.ts';
import type { TypesById } from '../editor-context.ts';
import type { At } from './trying.ts';

interface Given {
  readonly flow: Flow;
  readonly at: At | undefined;
  readonly types: TypesById;
  readonly seen: readonly SeenConnection[];
}

/** A message to begin with: of the fields that came by there, else of the examples of the components that it reaches. */
export const exampleFor = ({ flow, at, types, seen }: Given): string => {
  const connections = connectionsIn(flow, types);
  const reached = [...reachedFrom(at?.component, flow)];
  const by = seen.find(
    ({ from, to }) =>
      at &&
      (from === endpointOf({ ...at, port: at.port ?? 'out' }) || to === endpointOf({ ...at, port: at.port ?? 'in' })),
  );
  if (by && by.fields.length > 0) return JSON.stringify(messageOf(by));
  for (const id of [...reached, ...connections.map(({ to }) => to.component)]) {
    const type = types.get(flow.components.find((each) => each.id === id)?.type ?? '');
    const [given] = type?.examples.flatMap((example) => Object.values(example.given ?? {})) ?? [];
    if (given && given.length > 0) return given.map((message) => JSON.stringify(message)).join('\n');
  }
  return '{"temperature": 21.5}';
};

/** The components that follow one, the nearest first, with itself. */
const reachedFrom = (start: string | undefined, flow: Flow): ReadonlySet<string> => {
  const reached = new Set(start === undefined ? [] : [start]);
  for (const component of reached)
    for (const { from, to } of connectionsOf(flow))
      if (from.split('.')[0] === component) reached.add(to.split('.')[0]!);
  return reached;
};

/** A message with the newest value of each field that is no object, no list and no header. */
const messageOf = ({ fields }: SeenConnection): unknown => {
  const message: Record<string, unknown> = {};
  for (const { path, types, values } of fields) {
    const keys = path.split('.');
    if (path.startsWith('@') || path.includes('[') || types.includes('object') || types.includes('list')) continue;
    const last = keys.pop()!;
    let inner = message;
    for (const key of keys) inner = (inner[key] ??= {}) as Record<string, unknown>;
    inner[last] = valueOf(values[0] ?? '', types[0]);
  }
  return message;
};

const valueOf = (text: string, type: string | undefined): unknown => {
  if (type === 'text') return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};
