import { Button } from '@mantine/core';
import { type Component, type Port, type ValueType, portsOf, portsOfComponent } from '@semstreams/contract';
import { Cable } from 'lucide-react';
import { nameOf } from '../draft/edits.ts';
import { useConnections, useEditor, useFlow } from '../editor-context.ts';
import { ConnectionSettings } from './connection-settings.tsx';
import { useSeenInto } from '../seen/use-seen.ts';
import styles from './inspector.module.css';

const kindTitles = { json: 'messages with fields', bytes: 'raw bytes', any: 'anything' } as const;

/** The ports of a component with what is connected to each of them, and what these connections promise. */
export const PortsTab = ({ component }: { component: Component }) => {
  const { types, view } = useEditor();
  const ports = portsOfComponent(component, types);
  return (
    <div className={styles['sections']}>
      {(['input', 'output'] as const).map((direction) => {
        const names = portsOf(ports, direction);
        return names.length === 0 ? null : (
          <section key={direction}>
            <h3>{direction === 'input' ? 'In' : 'Out'}</h3>
            {names.map((name) => (
              <PortDetails key={name} component={component} name={name} port={ports[name]!} />
            ))}
          </section>
        );
      })}
      <CameBy component={component.id} />
      <Button
        variant="default"
        leftSection={<Cable size={14} aria-hidden />}
        onClick={() => view.getState().show({ dialog: { kind: 'connect', from: component.id } })}
      >
        Connect to…
      </Button>
    </div>
  );
};

/** The fields that came by on the way in, each with some of its values. */
const CameBy = ({ component }: { component: string }) => {
  const { fields } = useSeenInto(component);
  if (fields.length === 0) return null;
  return (
    <section>
      <h3>What came by</h3>
      <table className={styles['fields']}>
        <thead className="visually-hidden">
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Values</th>
          </tr>
        </thead>
        <tbody>
          {fields.map(({ path, types, values }) => (
            <tr key={path}>
              <th scope="row">
                <code>{path}</code>
              </th>
              <td title={values.join(' · ')}>{values.length > 0 ? values.join(' · ') : types.map(typeInWords)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
};

const typeInWords = (type: ValueType): string =>
  ({ object: 'fields within', list: 'a list', bytes: 'raw bytes' })[type as string] ?? type;

const PortDetails = ({ component, name, port }: { component: Component; name: string; port: Port }) => {
  const flow = useFlow();
  const isOutput = port.direction === 'output';
  const connected = useConnections().filter((connection) => {
    const end = isOutput ? connection.from : connection.to;
    return end.component === component.id && end.port === name;
  });
  const nameOfOther = (id: string) => nameOf(flow.components.find((each) => each.id === id) ?? { id });
  return (
    <div className={styles['port']}>
      <p>
        {port.title ? <b>{port.title}</b> : null} <code>{name}</code> <small>{kindTitles[port.kind]}</small>
      </p>
      {port.description ? <p className={styles['help']}>{port.description}</p> : null}
      {connected.length === 0 ? (
        <p className={styles['help']}>
          {isOutput
            ? port.required
              ? 'Not connected, so what it sends is lost.'
              : 'Not connected, so what goes here is dropped.'
            : 'Not connected, so nothing comes in.'}
        </p>
      ) : (
        <ul>
          {connected.map((connection) => (
            <li key={connection.key}>
              <ConnectionSettings
                connection={connection}
                title={
                  isOutput
                    ? `to “${nameOfOther(connection.to.component)}”`
                    : `from “${nameOfOther(connection.from.component)}”`
                }
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
};
