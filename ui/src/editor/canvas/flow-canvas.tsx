import '@xyflow/react/dist/base.css';
import {
  type AriaLabelConfig,
  Background,
  BackgroundVariant,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
} from '@xyflow/react';
import type { DragEvent } from 'react';
import { isFileDragged } from '../../files/is-file-dragged.ts';
import { addType, connectPorts, removeChosen } from '../actions.ts';
import { reconnect } from '../draft/edits.ts';
import { cardWidth, grid } from '../draft/places.ts';
import { useEditor } from '../editor-context.ts';
import { bringTheRest } from '../later.tsx';
import { typeDragged } from '../palette/dragging.ts';
import { CanvasControls } from './canvas-controls.tsx';
import type { CanvasEdge, CanvasNode } from './canvas-nodes.ts';
import { ComponentNode } from './component-node.tsx';
import { ConnectingHint } from './connecting-hint.tsx';
import { ConnectionEdge } from './connection-edge.tsx';
import { endsOfConnection } from './ends.ts';
import { fitOptions } from './fit-options.ts';
import styles from './flow-canvas.module.css';
import { useConnecting } from './use-connecting.ts';
import { useEdges, useNodes } from './use-drawn.ts';
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
  const { draft, types } = editor;
  const { screenToFlowPosition } = useReactFlow();
  const isFar = useStore(({ transform }) => transform[2] < farZoom);
  const { nodes, onNodesChange } = useNodes();
  const { edges, onEdgesChange } = useEdges();
  const { refused, forgive, isValidConnection, onConnectEnd } = useConnecting();
  useReveal();

  const onDrop = (event: DragEvent): void => {
    const type = types.get(typeDragged(event) ?? '');
    const file = event.dataTransfer.files[0];
    if (!type && !file) return;
    event.preventDefault();
    const { x, y } = screenToFlowPosition({ x: event.clientX, y: event.clientY }, { snapToGrid: false });
    const onGrid = (value: number) => Math.round(value / grid) * grid;
    const at = { x: onGrid(x - cardWidth / 2), y: onGrid(y - 27) };
    if (type) addType(editor, type, at);
    else if (file) void bringTheRest().then(async ({ addFile }) => addFile(editor, file, at));
  };

  return (
    <section
      className={styles['canvas']}
      aria-label="Canvas"
      data-far={isFar}
      onPointerDownCapture={forgive}
      onDragOver={(event) => {
        if (!typeDragged(event, true) && !isFileDragged(event)) return;
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
          Nothing here yet. Choose what gets data in from the list of components, then add what changes it and sends it
          out.
        </p>
      ) : null}
    </section>
  );
};

const connectionLine = { stroke: 'var(--accent)', strokeWidth: 2 };
