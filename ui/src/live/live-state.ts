import type { ComponentStatus, ConnectionStatus, FlowOverview, FlowStatus, Link, Trouble } from '@semstreams/contract';

/** `connecting` is the very first try; `offline` is a `reconnecting` that has lasted. The tries never end. */
export type LineState = 'connecting' | 'live' | 'reconnecting' | 'offline';

/** A watched flow, with ways to its parts. A part whose numbers did not change is the same object as before. */
export interface WatchedFlow {
  readonly status: FlowStatus;
  readonly components: ReadonlyMap<string, ComponentStatus>;
  readonly connections: ReadonlyMap<string, ConnectionStatus>;
}

/** All that the server tells by itself. Never changed in place: a new object per change. */
export interface LiveState {
  readonly line: LineState;
  /** When the server last told anything, as milliseconds since 1970. */
  readonly lastDataAt: number | undefined;
  /** By id of the flow; `undefined` until the server told for the first time. */
  readonly overview: ReadonlyMap<string, FlowOverview> | undefined;
  readonly watched: ReadonlyMap<string, WatchedFlow>;
  readonly troubles: readonly Trouble[];
  /** Links with other locations, while somebody looks at them; `undefined` until the server told. */
  readonly links: readonly Link[] | undefined;
}

export const unknownState: LiveState = {
  line: 'connecting',
  lastDataAt: undefined,
  overview: undefined,
  watched: new Map(),
  troubles: [],
  links: undefined,
};

export const withOverview = (state: LiveState, flows: readonly FlowOverview[]): LiveState => ({
  ...state,
  overview: shareUnchanged(
    state.overview,
    flows.map((flow) => [flow.flow, flow]),
  ),
});

export const withStatus = (state: LiveState, status: FlowStatus): LiveState => {
  const before = state.watched.get(status.flow);
  const components = shareUnchanged(
    before?.components,
    status.components.map((component) => [component.id, component]),
  );
  const connections = shareUnchanged(
    before?.connections,
    status.connections.map((connection) => [connectionKey(connection.from, connection.to), connection]),
  );
  return { ...state, watched: new Map(state.watched).set(status.flow, { status, components, connections }) };
};

/** A flow that nobody looks at any more: its numbers would be old when somebody looks again. */
export const withoutFlow = (state: LiveState, flow: string): LiveState => {
  const watched = new Map(state.watched);
  watched.delete(flow);
  return { ...state, watched };
};

/** Both ends with their ports, `component.port`, as the server spells them. */
export const connectionKey = (from: string, to: string): string => `${from} ${to}`;

/** The new entries, but the old object wherever it says the same; the old map itself where nothing changed at all. */
export const shareUnchanged = <Value>(
  before: ReadonlyMap<string, Value> | undefined,
  entries: readonly (readonly [string, Value])[],
): ReadonlyMap<string, Value> => {
  let isSame = before?.size === entries.length;
  const shared = new Map(
    entries.map(([key, value]) => {
      const old = before?.get(key);
      if (old !== undefined && JSON.stringify(old) === JSON.stringify(value)) return [key, old];
      isSame = false;
      return [key, value];
    }),
  );
  return isSame && before ? before : shared;
};
