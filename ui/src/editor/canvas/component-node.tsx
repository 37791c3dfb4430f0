import type { Component } from '@semstreams/contract';
import { Handle, type NodeProps, Position, useUpdateNodeInternals } from '@xyflow/react';
import { CircleAlert, Plus, TriangleAlert } from 'lucide-react';
import { memo, useEffect, useRef } from 'react';
import { ComponentIcon } from '../../design/component-icon.tsx';
import { useComponentStatus } from '../../live/use-live.ts';
import { nameOf } from '../draft/edits.ts';
import { portTop, type Rows, rowsOf } from '../draft/places.ts';
import { useConnections, useEditor, useFindingsOf } from '../editor-context.ts';
import { summaryOf } from '../form/summary.ts';
import { CardLive } from '../live/card-live.tsx';
import { CardTrial } from '../trial/card-trial.tsx';
import { useTold } from '../trial/use-trying.ts';
import { labelParts } from './card-label.ts';
import type { CanvasNode } from './canvas-nodes.ts';
import styles from './component-node.module.css';

/** A component on the canvas: what it is, what it does now, and what is wrong with it. */
export const ComponentNode = memo(({ id, data: { component }, selected }: NodeProps<CanvasNode>) => {
  const { id: flow, types } = useEditor();
  const type = types.get(component.type);
  const hasFailed = useComponentStatus(flow, id)?.state === 'failed';
  const findings = useFindingsOf(id);
  const isWrong = findings.some(({ severity }) => severity === 'error');
  const label = labelParts(id);
  const ports = useRowsOf(component);
  const told = useTold(id);
  return (
    <div
      className={styles['card']}
      data-chosen={selected}
      data-trouble={isWrong || hasFailed ? 'error' : findings.length > 0 ? 'warning' : undefined}
    >
      {ports.inputs.map((port, index) => (
        <Port key={port} component={id} port={port} index={index} direction="input" />
      ))}
      <div className={styles['head']}>
        <ComponentIcon icon={type?.icon ?? ''} category={type?.category ?? 'processor'} />
        <span className={styles['names']}>
          <b id={label.name}>{nameOf(component)}</b>
          <small>{type ? summaryOf(type, component.config) : `Unknown type ${component.type}`}</small>
        </span>
      </div>
      {Array.from({ length: Math.max(ports.inputs.length, ports.outputs.length) - 1 }, (_, index) => (
        <div key={index} className={styles['ports']}>
          <span>{ports.inputs[index + 1]}</span>
          <span>{ports.outputs[index + 1]}</span>
        </div>
      ))}
      {told ? (
        <CardTrial told={told} labelId={label.live} />
      ) : (
        <CardLive component={id} type={type} labelId={label.live} />
      )}
      {findings.length > 0 ? (
        <span
          id={label.problems}
          className={styles['badge']}
          title={findings.map(({ sentence }) => sentence).join('\n')}
        >
          {isWrong ? <CircleAlert size={12} aria-hidden /> : <TriangleAlert size={12} aria-hidden />}
          {findings.length}
          <span className="visually-hidden">{findings.length === 1 ? 'problem' : 'problems'}</span>
        </span>
      ) : null}
      {ports.outputs.map((port, index) =>
        port === undefined ? null : <Port key={port} component={id} port={port} index={index} direction="output" />,
      )}
    </div>
  );
});
ComponentNode.displayName = 'ComponentNode';

/** Ports of the component; of an unknown type those that connections name. */
const useRowsOf = (component: Component): Rows => {
  const { id } = component;
  const { types } = useEditor();
  const connections = useConnections();
  const named = (end: 'from' | 'to') => [
    ...new Set(connections.flatMap((connection) => (connection[end].component === id ? connection[end].port : []))),
  ];
  const rows = types.has(component.type) ? rowsOf(component, types) : { inputs: named('to'), outputs: named('from') };
  const lookAgain = useUpdateNodeInternals();
  const outputs = rows.outputs.join(' ');
  const seen = useRef(outputs);
  // React Flow remembers where each port is, and does not see that one has another name. It measures new cards by itself, and
  // would show the first of them alone if it were asked before
  useEffect(() => {
    if (seen.current === outputs) return;
    seen.current = outputs;
    lookAgain(id);
  }, [id, outputs, lookAgain]);
  return rows;
};

interface PortProps {
  readonly component: string;
  readonly port: string;
  readonly index: number;
  readonly direction: 'input' | 'output';
}

const Port = ({ component, port, index, direction }: PortProps) => {
  const { view } = useEditor();
  const isOutput = direction === 'output';
  const top = portTop(index);
  return (
    <>
      <Handle
        type={isOutput ? 'source' : 'target'}
        position={isOutput ? Position.Right : Position.Left}
        id={port}
        className={styles['port']}
        style={{ top }}
        title={port}
        data-component={component}
        data-port={port}
      />
      {isOutput ? (
        <button
          type="button"
          className={`${styles['add']} nodrag nopan`}
          style={{ top }}
          tabIndex={-1}
          aria-label={`Add a component behind ${component}.${port}`}
          onClick={({ currentTarget }) => {
            const { right, top: y } = currentTarget.getBoundingClientRect();
            view.getState().show({ choosing: { from: { component, port }, at: { x: right + 6, y } } });
          }}
        >
          <Plus size={13} strokeWidth={2.5} aria-hidden />
        </button>
      ) : null}
    </>
  );
};
