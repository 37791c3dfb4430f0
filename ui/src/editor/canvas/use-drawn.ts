import type { EdgeChange, NodeChange } from '@xyflow/react';
import { useCallback, useMemo, useRef, useState } from 'react';
import { move } from '../draft/edits.ts';
import { useConnections, useEditor, useFlow, usePlaces, useView } from '../editor-context.ts';
import {
  type CanvasEdge,
  type CanvasNode,
  chosenAfter,
  edgesOf,
  handledAfter,
  nodesOf,
  unhandled,
} from './canvas-nodes.ts';

/** The components as React Flow draws them; what people do with them there goes into the draft and the view. */
export const useNodes = () => {
  const { draft, view } = useEditor();
  const flow = useFlow();
  const places = usePlaces();
  const chosen = useView(({ components }) => components);
  const [handled, setHandled] = useState(unhandled);
  const latest = useRef(handled);
  const shown = useRef<CanvasNode[]>([]);
  const nodes = useMemo(() => {
    shown.current = nodesOf({ flow, places, chosen, handled }, shown.current);
    return shown.current;
  }, [flow, places, chosen, handled]);

  const onNodesChange = useCallback(
    (changes: NodeChange<CanvasNode>[]) => {
      const before = latest.current;
      const after = handledAfter(before, changes);
      latest.current = after.handled;
      setHandled(after.handled);
      const moved = Object.keys(after.moved);
      if (moved.length > 0) {
        const title = moved.length === 1 ? 'Move a component' : `Move ${moved.length} components`;
        const isByKey = !moved.some((id) => id in before.dragged);
        draft.getState().run(move(after.moved, title, isByKey ? `move ${moved.join(' ')}` : undefined));
      }
      const { components, connections, select } = view.getState();
      const next = chosenAfter(components, changes);
      if (next !== components) select(next, connections);
    },
    [draft, view],
  );
  return { nodes, onNodesChange };
};

/** The connections as React Flow draws them. */
export const useEdges = () => {
  const { view } = useEditor();
  const connections = useConnections();
  const chosen = useView((present) => present.connections);
  const before = useRef<CanvasEdge[]>([]);
  const edges = useMemo(() => {
    before.current = edgesOf(connections, chosen, before.current);
    return before.current;
  }, [connections, chosen]);

  const onEdgesChange = useCallback(
    (changes: EdgeChange<CanvasEdge>[]) => {
      const present = view.getState();
      const next = chosenAfter(present.connections, changes);
      if (next !== present.connections) present.select(present.components, next);
    },
    [view],
  );
  return { edges, onEdgesChange };
};
