import { ActionIcon, Button } from '@mantine/core';
import type { Component } from '@semstreams/contract';
import { Cable, Settings2, Trash2 } from 'lucide-react';
import { ComponentIcon } from '../../design/component-icon.tsx';
import { formatRate } from '../../design/format.ts';
import { StateLabel } from '../../design/state-label.tsx';
import { notDeployed, states } from '../../design/states.ts';
import { useComponentStatus, useNotice } from '../../live/use-live.ts';
import { removeChosen } from '../actions.ts';
import type { DraftConnection } from '../draft/connections.ts';
import { nameOf, remove } from '../draft/edits.ts';
import { useConnections, useEditor, useFindingsOf, useFlow, useView } from '../editor-context.ts';
import styles from './outline.module.css';

/** The flow as a table: all that the canvas can do, by keyboard and screen reader. */
export const Outline = ({ searchPalette }: { searchPalette: () => void }) => {
  const { view } = useEditor();
  const flow = useFlow();
  const connections = useConnections();
  return (
    <section className={styles['outline']} aria-label="Outline">
      <div className={styles['actions']}>
        <Button variant="default" onClick={searchPalette}>
          Add a component
        </Button>
        <Button variant="default" onClick={() => view.getState().show({ dialog: { kind: 'connect' } })}>
          Connect…
        </Button>
      </div>
      <table className={styles['table']}>
        <thead>
          <tr>
            <th scope="col">Component</th>
            <th scope="col">State</th>
            <th scope="col">Goes to</th>
            <th scope="col">Problems</th>
            <th scope="col">
              <span className="visually-hidden">What can be done</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {flow.components.map((component) => (
            <Row
              key={component.id}
              component={component}
              connections={connections.filter(({ from }) => from.component === component.id)}
            />
          ))}
        </tbody>
      </table>
      {flow.components.length === 0 ? <p className={styles['empty']}>Nothing here yet.</p> : null}
    </section>
  );
};

const Row = ({ component, connections }: { component: Component; connections: readonly DraftConnection[] }) => {
  const editor = useEditor();
  const { draft, types, view } = editor;
  const flow = useFlow();
  const findings = useFindingsOf(component.id);
  const isChosen = useView(({ components }) => components.has(component.id));
  const type = types.get(component.type);
  const name = nameOf(component);
  const nameOfOther = (id: string) => nameOf(flow.components.find((each) => each.id === id) ?? { id });
  return (
    <tr data-chosen={isChosen}>
      <th scope="row">
        <span className={styles['component']}>
          <ComponentIcon icon={type?.icon ?? ''} category={type?.category ?? 'processor'} size={24} />
          <span>
            <button type="button" className={styles['name']} onClick={() => view.getState().open(component.id)}>
              {name}
            </button>
            <small>{type?.title ?? component.type}</small>
          </span>
        </span>
      </th>
      <td>
        <RowState component={component.id} />
      </td>
      <td>
        <ul>
          {connections.map(({ key, from, to }) => {
            const title = `${nameOfOther(to.component)}${from.port === 'out' ? '' : ` (${from.port})`}`;
            return (
              <li key={key} className={styles['connection']}>
                <button type="button" className={styles['name']} onClick={() => view.getState().select([], [key])}>
                  {title}
                </button>
                <ActionIcon
                  size={24}
                  aria-label={`Delete the connection from ${name} to ${title}`}
                  onClick={() =>
                    draft.getState().run(remove({ components: [], connections: [key] }, 'Delete a connection', types))
                  }
                >
                  <Trash2 size={12} aria-hidden />
                </ActionIcon>
              </li>
            );
          })}
        </ul>
      </td>
      <td>
        {findings.map((finding) => (
          <p key={`${finding.place} ${finding.code}`} className={styles['problem']} data-severity={finding.severity}>
            {finding.sentence}
          </p>
        ))}
      </td>
      <td className={styles['tools']}>
        <ActionIcon aria-label={`Configure ${name}`} onClick={() => view.getState().open(component.id, { field: '' })}>
          <Settings2 size={15} aria-hidden />
        </ActionIcon>
        <ActionIcon
          aria-label={`Connect ${name} to…`}
          onClick={() => view.getState().show({ dialog: { kind: 'connect', from: component.id } })}
        >
          <Cable size={15} aria-hidden />
        </ActionIcon>
        <ActionIcon
          aria-label={`Delete ${name}`}
          onClick={() => {
            view.getState().select([component.id]);
            removeChosen(editor);
          }}
        >
          <Trash2 size={15} aria-hidden />
        </ActionIcon>
      </td>
    </tr>
  );
};

const RowState = ({ component }: { component: string }) => {
  const { id } = useEditor();
  const status = useComponentStatus(id, component);
  const notice = useNotice(id, component);
  if (!status) return <StateLabel look={notDeployed} />;
  const said = notice?.sentence ?? status.sentence;
  return (
    <>
      <StateLabel look={states[status.state]} />
      {status.state === 'running' || status.state === 'waiting' ? (
        <span className={`${styles['rate']} live-value`}>{formatRate(status.in_per_second)}</span>
      ) : null}
      {said ? <small className={styles['sentence']}>{said}</small> : null}
    </>
  );
};
