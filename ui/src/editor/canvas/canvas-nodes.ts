import type { Component, Flow } from '@semstreams/contract';
import type { Edge, Node, NodeChange, XYPosition } from '@xyflow/react';
import type { DraftConnection } from '../draft/connections.ts';
import { nameOf, type Places } from '../draft/edits.ts';
import { labelIdsOf } from './card-label.ts';

export type CanvasNode = Node<{ component: Component }, 'component'>;
export type CanvasEdge = Edge<{ connection: DraftConnection }, 'connection'>;

/** What React Flow has to know of nodes beside the document: their measured size, and where they are while dragged. */
export interface Handled {
  readonly measured: Readonly<Record<string, { width: number; height: number }>>;
  readonly dragged: Places;
}
export const unhandled: Handled = { measured: {}, dragged: {} };

export interface NodeParts {
  readonly flow: Flow;
  readonly places: Places;
  readonly chosen: ReadonlySet<string>;
  readonly handled: Handled;
}

/** The nodes of a flow. A node of which nothing changed is the same object as in `before`: React Flow passes it over. */
export const nodesOf = ({ flow, places, chosen, handled }: NodeParts, before: readonly CanvasNode[]): CanvasNode[] => {
  const old = new Map(before.map((node) => [node.id, node]));
  return flow.components.map((component) => {
    const { id } = component;
    const was = old.get(id);
    const position = handled.dragged[id] ?? places[id] ?? { x: 0, y: 0 };
    const node = {
      id,
      type: 'component',
      position: was && isSamePlace(was.position, position) ? was.position : position,
      selected: chosen.has(id),
      ariaLabel: nameOf(component),
      domAttributes: was?.domAttributes ?? { 'aria-labelledby': labelIdsOf(id) },
      data: was?.data.component === component ? was.data : { component },
      ...(handled.measured[id] ? { measured: handled.measured[id] } : {}),
    } satisfies CanvasNode;
    return was && isSameNode(was, node) ? was : node;
  });
};

export const edgesOf = (
  connections: readonly DraftConnection[],
  chosen: ReadonlySet<string>,
  before: readonly CanvasEdge[],
): CanvasEdge[] => {
  const old = new Map(before.map((edge) => [edge.id, edge]));
  return connections.map((connection) => {
    const { key, from, to, delivery } = connection;
    const was = old.get(key);
    const selected = chosen.has(key);
    if (was && was.selected === selected && was.data?.connection.delivery === delivery) return was;
    return {
      id: key,
      type: 'connection',
      source: from.component,
      sourceHandle: from.port,
      target: to.component,
      targetHandle: to.port,
      selected,
      data: { connection },
    };
  });
};

const isSamePlace = (a: XYPosition, b: XYPosition): boolean => a.x === b.x && a.y === b.y;

const isSameNode = (a: CanvasNode, b: CanvasNode): boolean =>
  a.position === b.position &&
  a.selected === b.selected &&
  a.ariaLabel === b.ariaLabel &&
  a.data === b.data &&
  a.measured === b.measured;

/** What a row of changes by React Flow means: what it has to know again, and places that are final. */
export const handledAfter = (
  handled: Handled,
  changes: readonly NodeChange<CanvasNode>[],
): { handled: Handled; moved: Places } => {
  const measured = { ...handled.measured };
  const dragged = new Map(Object.entries(handled.dragged));
  const moved: Record<string, XYPosition> = {};
  for (const change of changes) {
    if (change.type === 'dimensions' && change.dimensions) measured[change.id] = change.dimensions;
    if (change.type !== 'position') continue;
    const place = change.position ?? dragged.get(change.id);
    if (change.dragging && place) dragged.set(change.id, place);
    else {
      dragged.delete(change.id);
      if (place) moved[change.id] = place;
    }
  }
  return { handled: { measured, dragged: Object.fromEntries(dragged) }, moved };
};

/** What is chosen after a row of select changes. */
export const chosenAfter = (
  chosen: ReadonlySet<string>,
  changes: readonly { readonly type: string; readonly id?: string; readonly selected?: boolean }[],
): ReadonlySet<string> => {
  const after = new Set(chosen);
  for (const { type, id, selected } of changes) {
    if (type !== 'select' || id === undefined) continue;
    if (selected) after.add(id);
    else after.delete(id);
  }
  return after.size === chosen.size && [...after].every((id) => chosen.has(id)) ? chosen : after;
};
