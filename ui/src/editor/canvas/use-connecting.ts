import { kindsFit, portsOf, portsOfComponent, refusal } from '@semstreams/contract';
import { type Connection, type FinalConnectionState, useReactFlow } from '@xyflow/react';
import { useCallback, useState } from 'react';
import { connectPorts } from '../actions.ts';
import { useEditor } from '../editor-context.ts';
import type { CanvasEdge } from './canvas-nodes.ts';
import { type Ends, endsOf, endsOfConnection } from './ends.ts';

interface Refused {
  readonly sentence: string;
  readonly x: number;
  readonly y: number;
}

/** Connecting by mouse: what fits, what a line means that ends on a card or nowhere, and why something was refused. */
export const useConnecting = () => {
  const editor = useEditor();
  const { draft, view, types } = editor;
  const { screenToFlowPosition } = useReactFlow();
  const [refused, setRefused] = useState<Refused>();

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
    const { components } = draft.getState().flow;
    const portsAt = (id: string) =>
      portsOfComponent(
        components.find((each) => each.id === id),
        types,
      );
    const wanted = direction === 'source' ? 'input' : 'output';
    const ports = portsAt(onto);
    const mine = portsAt(start.nodeId)[start.id];
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

  return { refused, forgive: () => setRefused(undefined), isValidConnection, onConnectEnd };
};

const pointOf = (event: MouseEvent | TouchEvent): { x: number; y: number } => {
  const point = 'changedTouches' in event ? event.changedTouches[0]! : event;
  return { x: point.clientX, y: point.clientY };
};
