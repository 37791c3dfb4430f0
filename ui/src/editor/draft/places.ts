import {
  type Component,
  type Flow,
  portsOf,
  portsOfComponent,
  type Position,
  type TypesById,
} from '@semstreams/contract';
import { connectionsIn } from './connections.ts';
import type { Places } from './edits.ts';

/** The box that a component takes on the canvas, in its own pixels: its head, a row for each further port, its live line. */
export const cardWidth = 232;
const headHeight = 54;
export const portRow = 22;
const liveHeight = 32;
export const gap = { x: 108, y: 36 } as const;
/** Everything lies on this grid. */
export const grid = 10;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Distance of a port from the top of its card. */
export const portTop = (index: number): number => (index === 0 ? headHeight / 2 : headHeight + (index - 0.5) * portRow);

type Shown = Pick<Component, 'type' | 'config'>;

/**
 * The ports of a card from above, by side. The first row is the head, where no name is written: ports that the settings name
 * begin below it.
 */
export const rowsOf = (component: Shown, types: TypesById): Rows => {
  const ports = portsOfComponent(component, types);
  const outputs = portsOf(ports, 'output');
  return {
    inputs: portsOf(ports, 'input'),
    outputs: types.get(component.type)?.opens ? [undefined, ...outputs] : outputs,
  };
};

export interface Rows {
  readonly inputs: readonly string[];
  readonly outputs: readonly (string | undefined)[];
}

export const cardSize = (component: Shown, types: TypesById): Size => {
  const { inputs, outputs } = rowsOf(component, types);
  const most = Math.max(inputs.length, outputs.length, 1);
  return { width: cardWidth, height: headHeight + (most - 1) * portRow + liveHeight };
};

/** Where every component lies: as the layout says, else by itself, from left to right as the data goes. */
export const placesOf = (flow: Flow, types: TypesById): Places => {
  const known = flow.layout ?? {};
  const missing = flow.components.filter(({ id }) => !known[id]);
  if (missing.length === 0) return known;
  const columns = columnPlaces(flow, types);
  if (missing.length === flow.components.length) return columns;
  const places: Record<string, Position> = { ...known };
  for (const component of missing)
    places[component.id] = freePlace(flow, places, columns[component.id]!, cardSize(component, types), types);
  return places;
};

/** A column for each step that data makes, one below the other. Simple, and made while nobody waits: `tidyPlaces` is better. */
const columnPlaces = (flow: Flow, types: TypesById): Places => {
  const columns = columnsOf(flow, types);
  const bottoms = new Map<number, number>();
  return Object.fromEntries(
    flow.components.map((component) => {
      const { id } = component;
      const column = columns.get(id) ?? 0;
      const y = bottoms.get(column) ?? 0;
      bottoms.set(column, y + cardSize(component, types).height + gap.y);
      return [id, onGrid({ x: column * (cardWidth + gap.x), y })];
    }),
  );
};

/** The longest way by which data gets to each component, in steps; no way is longer than there are components. */
const columnsOf = (flow: Flow, types: TypesById): ReadonlyMap<string, number> => {
  const connections = connectionsIn(flow, types);
  const columns = new Map(flow.components.map(({ id }) => [id, 0]));
  for (let column = 1; column < flow.components.length; column += 1)
    for (const { from, to } of connections)
      if (columns.get(from.component) === column - 1) columns.set(to.component, column);
  return columns;
};

/** The place that is nearest below the wished one and overlaps nothing. */
export const freePlace = (flow: Flow, places: Places, wished: Position, size: Size, types: TypesById): Position => {
  const boxes = flow.components.flatMap((component) => {
    const at = places[component.id];
    return at ? [{ ...at, ...cardSize(component, types) }] : [];
  });
  const place = onGrid(wished);
  for (;;) {
    const under = boxes.filter(
      (box) =>
        place.x < box.x + box.width + grid &&
        box.x < place.x + size.width + grid &&
        place.y < box.y + box.height + grid &&
        box.y < place.y + size.height + grid,
    );
    if (under.length === 0) return place;
    place.y = onGrid({ x: 0, y: Math.max(...under.map((box) => box.y + box.height)) + gap.y / 2 }).y;
  }
};

/** Behind a component, where the next one belongs. */
export const placeBehind = ({ x, y }: Position): Position => ({ x: x + cardWidth + gap.x, y });

/** Where a new component goes that nobody placed: behind the chosen one, else inputs to the left and others to the right. */
export const placeForNew = (
  flow: Flow,
  places: Places,
  type: string,
  given: { readonly behind?: string | undefined; readonly types: TypesById },
): Position => {
  const size = cardSize({ type }, given.types);
  const free = (wished: Position) => freePlace(flow, places, wished, size, given.types);
  const chosen = given.behind === undefined ? undefined : places[given.behind];
  const known = flow.components.flatMap(({ id }) => places[id] ?? []);
  if (known.length === 0) return { x: 0, y: 0 };
  if (given.types.get(type)?.category === 'input') {
    const x = Math.min(...known.map((at) => at.x));
    return free({ x, y: Math.min(...known.filter((at) => at.x === x).map((at) => at.y)) });
  }
  return free(placeBehind(chosen ?? known.reduce((right, at) => (at.x > right.x ? at : right))));
};

export const onGrid = ({ x, y }: Position): { x: number; y: number } => ({
  x: Math.round(x / grid) * grid,
  y: Math.round(y / grid) * grid,
});
