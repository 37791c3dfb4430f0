import '@xyflow/react/dist/base.css';
import { kindsFit, portsOf, refusal } from '@semstreams/contract';
import {
  type AriaLabelConfig,
  Background,
  BackgroundVariant,
  type Connection,
  type FinalConnectionState,
  type NodeChange,
  type EdgeChange,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
} from '@xyflow/react';
import { type DragEvent, useCallback, useMemo, useRef, useState } from 'react';
import { addType, connectPorts, removeChosen } from '../actions.ts';
import { move, reconnect } from '../draft/edits.ts';
import { cardWidth, grid } from '../draft/places.ts';
import { useConnections, useEditor, useFlow, usePlaces, useView } from '../editor-context.ts';
import { typeDragged } from '../palette/dragging.ts';
import { CanvasControls } from './canvas-controls.tsx';
import {
  type CanvasEdge,
  type CanvasNode,
  chosenAfter,
  edgesOf,
  handledAfter,
  nodesOf,
  unhandled,
} from './canvas-nodes.ts';
import { ComponentNode } from './component-node.tsx';
import { ConnectingHint } from './connecting-hint.tsx';
import { ConnectionEdge } from './connection-edge.tsx';
import { type Ends, endsOf, endsOfConnection } from './ends.ts';
import { fitOptions } from './fit-options.ts';
import styles from './flow-canvas.module.css';
import { useReveal } from './use-reveal.ts';

const nodeTypes = { component: ComponentNode };
const edgeTypes = { connection: ConnectionEdge };
const deleteKeys = ['Delete', 'Backspace'];
const snap: [number, number] = [grid, grid];
/** Below this zoom only name and state can be read. */
const farZoom = 0.5;

/** React Flow's own words say "node" and "edge", and tell the place from before a move. */
const words: Partial<AriaLabelConfig> = {
  'node.a11yDescription.default':
    'Enter chooses the component, Delete deletes it, arrow keys move it. “Connect to…” connects it.',
  'node.a11yDescription.keyboardDisabled': 'Enter chooses the component, Delete deletes it.',
  'node.a11yDescription.ariaLiveMessage': ({ direction }) => `Moved ${direction}`,
  'edge.a11yDescription.default': 'Delete takes the connection away.',
  'controls.ariaLabel': 'View',
  'controls.zoomIn.ariaLabel': 'Zoom in',
  'controls.zoomOut.ariaLabel': 'Zoom out',
  'controls.fitView.ariaLabel': 'Show all',
  'minimap.ariaLabel': 'Overview',
  'handle.ariaLabel': 'Port',
};

/** The flow as a drawing: components as cards, connections as lines. The outline is the same without a mouse. */
export const FlowCanvas = () => (
  <ReactFlowProvider>
    <Canvas />
  </ReactFlowProvider>
);

const Canvas = () => {
  const editor = useEditor();
  const { draft, view, types } = editor;
  const { screenToFlowPosition } = useReactFlow();
  const isFar = useStore(({ transform }) => transform[2] < farZoom);
  const { nodes, onNodesChange } = useNodes();
  const { edges, onEdgesChange } = useEdges();
  const [refused, setRefused] = useState<{ sentence: string; x: number; y: number }>();
  useReveal();

  const isValidConnection = useCallback(
    (drawn: Connection | CanvasEdge): boolean => {
      const { from, to } = endsOfConnection(drawn as Connection);
      return refusal(draft.getState().flow, types, from, to) === undefined;
    },
    [draft, types],
  );

  const refuse = (sentence: string | undefined, event: MouseEvent | TouchEvent): void => {
    if (sentence !== undefined) setRefused({ sentence, ...pointOf(event) });
  };

  /** A line that ends on a card means its port that fits; one that ends nowhere asks what shall stand there. */
  const onConnectEnd = (event: MouseEvent | TouchEvent, state: FinalConnectionState): void => {
    if (state.isValid || !state.fromHandle) return;
    if (state.toHandle) {
      const ends = endsOf(state.fromHandle, state.toHandle);
      if (ends) refuse(connectPorts(editor, ends.from, ends.to), event);
      return;
    }
    const at = pointOf(event);
    const target = document.elementFromPoint(at.x, at.y);
    const onto = target?.closest<HTMLElement>('.react-flow__node')?.dataset['id'];
    if (onto) {
      const ends = endsOnto(
        { nodeId: state.fromHandle.nodeId, id: state.fromHandle.id ?? '' },
        state.fromHandle.type,
        onto,
      );
      if (ends) refuse(connectPorts(editor, ends.from, ends.to), event);
    } else if (state.fromHandle.type === 'source' && target?.closest('.react-flow__pane')) {
      const from = { component: state.fromHandle.nodeId, port: state.fromHandle.id ?? 'out' };
      const place = screenToFlowPosition(at);
      view.getState().show({ choosing: { from, at, place: { x: place.x, y: place.y - 27 } } });
    }
  };

  const endsOnto = (
    start: { nodeId: string; id: string },
    direction: 'source' | 'target',
    onto: string,
  ): Ends | undefined => {
    const typeOf = (id: string) =>
      types.get(draft.getState().flow.components.find((each) => each.id === id)?.type ?? '');
    const wanted = direction === 'source' ? 'input' : 'output';
    const ports = typeOf(onto)?.ports ?? {};
    const mine = typeOf(start.nodeId)?.ports[start.id];
    const names = portsOf(ports, wanted);
    const port = names.find((name) => mine && kindsFit(mine, ports[name]!)) ?? names[0];
    if (port === undefined) {
      const other = portsOf(ports, wanted === 'input' ? 'output' : 'input')[0];
      return other === undefined
        ? undefined
        : { from: { component: start.nodeId, port: start.id }, to: { component: onto, port: other } };
    }
    const [here, there] = [
      { component: start.nodeId, port: start.id },
      { component: onto, port },
    ];
    return direction === 'source' ? { from: here, to: there } : { from: there, to: here };
  };

  const onDrop = (event: DragEvent): void => {
    const type = types.get(typeDragged(event) ?? '');
    if (!type) return;
    event.preventDefault();
    const { x, y } = screenToFlowPosition({ x: event.clientX, y: event.clientY }, { snapToGrid: false });
    const onGrid = (value: number) => Math.round(value / grid) * grid;
    addType(editor, type, { x: onGrid(x - cardWidth / 2), y: onGrid(y - 27) });
  };

  return (
    <section
      className={styles['canvas']}
      aria-label="Canvas"
      data-far={isFar}
      onPointerDownCapture={() => setRefused(undefined)}
      onDragOver={(event) => {
        if (!typeDragged(event, true)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
      }}
      onDrop={onDrop}
    >
      <ReactFlow<CanvasNode, CanvasEdge>
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onBeforeDelete={() => {
          removeChosen(editor);
          return Promise.resolve(false);
        }}
        onConnect={(drawn) => {
          const { from, to } = endsOfConnection(drawn);
          connectPorts(editor, from, to);
        }}
        onConnectEnd={onConnectEnd}
        onReconnect={(edge, drawn) => draft.getState().run(reconnect(edge.id, endsOfConnection(drawn), types))}
        isValidConnection={isValidConnection}
        connectionRadius={26}
        connectionLineStyle={connectionLine}
        connectOnClick={false}
        deleteKeyCode={deleteKeys}
        edgesFocusable={false}
        multiSelectionKeyCode={['Control', 'Meta', 'Shift']}
        selectionKeyCode="Shift"
        snapToGrid
        snapGrid={snap}
        minZoom={0.1}
        maxZoom={2}
        fitView
        fitViewOptions={fitOptions}
        ariaLabelConfig={words}
        onlyRenderVisibleElements={false}
        proOptions={{ hideAttribution: true }}
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={1.6} color="var(--dots)" />
        <CanvasControls />
        <ConnectingHint />
      </ReactFlow>
      {refused ? (
        <p role="alert" className={styles['refusal']} data-fixed style={{ left: refused.x + 14, top: refused.y + 14 }}>
          {refused.sentence}
        </p>
      ) : null}
      {nodes.length === 0 ? (
        <p className={styles['empty']}>
          Nothing here yet. Choose what gets data in from the list at the left, then add what changes it and sends it
          out.
        </p>
      ) : null}
    </section>
  );
};

const connectionLine = { stroke: 'var(--accent)', strokeWidth: 2 };

const pointOf = (event: MouseEvent | TouchEvent): { x: number; y: number } => {
  const point = 'changedTouches' in event ? event.changedTouches[0]! : event;
  return { x: point.clientX, y: point.clientY };
};

const useNodes = () => {
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

const useEdges = () => {
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
