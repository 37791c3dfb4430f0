import { graphlib, layout } from '@dagrejs/dagre';
import type { Flow, Position, TypesById } from '@semstreams/contract';
import { connectionsIn } from './connections.ts';
import type { Places } from './edits.ts';
import { cardSize, gap, onGrid, type Size } from './places.ts';

/** A layout without overlaps, from left to right along the connections. */
export const tidyPlaces = (flow: Flow, types: TypesById): Places => {
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: gap.y, ranksep: gap.x, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const component of flow.components) graph.setNode(component.id, { ...cardSize(component, types) });
  for (const { from, to } of connectionsIn(flow, types)) graph.setEdge(from.component, to.component);
  layout(graph);
  return Object.fromEntries(
    flow.components.map(({ id }) => {
      const { x, y, width, height } = graph.node(id) as Size & Position;
      return [id, onGrid({ x: x - width / 2, y: y - height / 2 })];
    }),
  );
};
