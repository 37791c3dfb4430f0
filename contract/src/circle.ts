import { type ResolvedConnection, successorsIn } from './connect.ts';

interface Visited {
  readonly component: string;
  readonly leaving: readonly ResolvedConnection[];
  next: number;
}

/**
 * The first connection, in their order, of a circle that data would go round in; undefined where there is none. Takes one
 * look at each connection, and no recursion, so that a long chain is no deep one.
 */
export const findCircle = (connections: readonly ResolvedConnection[]): ResolvedConnection | undefined => {
  const leaving = successorsIn(connections);
  const finished = new Set<string>();
  for (const start of leaving.keys()) {
    const path: Visited[] = [];
    const onPath = new Set<string>();
    const enter = (component: string): void => {
      path.push({ component, leaving: leaving.get(component) ?? [], next: 0 });
      onPath.add(component);
    };
    if (!finished.has(start)) enter(start);
    for (let at = path.at(-1); at; at = path.at(-1)) {
      const connection = at.leaving[at.next];
      at.next += 1;
      if (!connection) {
        path.pop();
        onPath.delete(at.component);
        finished.add(at.component);
      } else if (onPath.has(connection.to.component)) return firstOf(connections, circleOf(path, connection));
      else if (!finished.has(connection.to.component)) enter(connection.to.component);
    }
  }
  return undefined;
};

/** The connections from where the last one of a path leads back to. */
const circleOf = (path: readonly Visited[], back: ResolvedConnection): ReadonlySet<ResolvedConnection> => {
  const start = path.findIndex(({ component }) => component === back.to.component);
  return new Set(path.slice(start).map(({ leaving, next }) => leaving[next - 1]!));
};

const firstOf = (
  connections: readonly ResolvedConnection[],
  circle: ReadonlySet<ResolvedConnection>,
): ResolvedConnection | undefined => connections.find((connection) => circle.has(connection));
