import { ActionIcon, Tabs, Tooltip } from '@mantine/core';
import type { Component } from '@semstreams/contract';
import { Cable, Copy, Trash2, X } from 'lucide-react';
import { Suspense, useRef } from 'react';
import { ComponentIcon } from '../../design/component-icon.tsx';
import { duplicateChosen, removeChosen } from '../actions.ts';
import { nameOf, renameComponent } from '../draft/edits.ts';
import { useEditor, useFlow, useView } from '../editor-context.ts';
import { ComponentForm } from '../form/component-form.tsx';
import { HelpTab, LiveTab, PortsTab, SeveralChosen } from '../later.tsx';
import { type InspectorTab, onlyComponent } from '../view-store.ts';
import { ConnectionDetails } from './connection-details.tsx';
import { FlowDetails } from './flow-details.tsx';
import styles from './inspector.module.css';
import { useFieldFocus } from './use-field-focus.ts';

/** What is chosen, in detail: a component, a connection, several of them, or the flow itself where nothing is. */
export const Inspector = () => {
  const components = useView((view) => view.components);
  const connections = useView((view) => view.connections);
  const only = useView(onlyComponent);
  const flow = useFlow();
  const component = flow.components.find(({ id }) => id === only);
  const isAbout = useView((view) => view.isAbout);
  const [connection] = connections;
  if (components.size + connections.size === 0 && !isAbout) return null;
  return (
    <aside className={styles['inspector']} aria-label="Inspector">
      {component ? (
        <ComponentDetails key={component.id} component={component} />
      ) : components.size === 0 && connections.size === 1 && connection !== undefined ? (
        <ConnectionDetails connection={connection} />
      ) : components.size + connections.size > 0 ? (
        <Suspense>
          <SeveralChosen />
        </Suspense>
      ) : (
        <FlowDetails />
      )}
    </aside>
  );
};

const tabs: readonly { readonly value: InspectorTab; readonly title: string }[] = [
  { value: 'settings', title: 'Settings' },
  { value: 'ports', title: 'In and out' },
  { value: 'live', title: 'Live' },
  { value: 'help', title: 'Help' },
];

const ComponentDetails = ({ component }: { component: Component }) => {
  const editor = useEditor();
  const { draft, types, view } = editor;
  const type = types.get(component.type);
  const tab = useView((present) => present.tab);
  const body = useRef<HTMLDivElement>(null);
  useFieldFocus(body);
  return (
    <>
      <header className={styles['head']}>
        <ComponentIcon icon={type?.icon ?? ''} category={type?.category ?? 'processor'} size={32} />
        <div className={styles['names']}>
          <h2>
            <input
              aria-label="Name"
              className={styles['name']}
              placeholder={component.id}
              maxLength={120}
              value={component.name ?? ''}
              onChange={({ currentTarget }) => draft.getState().run(renameComponent(component, currentTarget.value))}
              onBlur={() => draft.getState().seal()}
            />
          </h2>
          <small>
            {type?.title ?? 'Unknown type'} · <code>{component.type}</code>
          </small>
        </div>
        <Tooltip label="Close">
          <ActionIcon aria-label="Close the inspector" size="sm" onClick={() => view.getState().select([])}>
            <X size={15} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </header>
      <div className={styles['actions']}>
        <button type="button" onClick={() => view.getState().show({ dialog: { kind: 'connect', from: component.id } })}>
          <Cable size={14} aria-hidden />
          Connect to…
        </button>
        <button type="button" onClick={() => duplicateChosen(editor)}>
          <Copy size={13} aria-hidden />
          Duplicate
        </button>
        <button type="button" aria-label={`Delete ${nameOf(component)}`} onClick={() => removeChosen(editor)}>
          <Trash2 size={14} aria-hidden />
          Delete
        </button>
      </div>
      <Tabs
        className={styles['tabs']!}
        value={tab}
        onChange={(value) => view.getState().show({ tab: (value ?? 'settings') as InspectorTab })}
        keepMounted={false}
      >
        <Tabs.List>
          {tabs.map(({ value, title }) => (
            <Tabs.Tab key={value} value={value}>
              {title}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <div className={styles['body']} ref={body}>
          <Tabs.Panel value="settings">
            <ComponentForm component={component} type={type} />
          </Tabs.Panel>
          <Tabs.Panel value="ports">
            <Suspense>
              <PortsTab component={component} />
            </Suspense>
          </Tabs.Panel>
          <Tabs.Panel value="live">
            <Suspense>
              <LiveTab component={component} />
            </Suspense>
          </Tabs.Panel>
          <Tabs.Panel value="help">
            <Suspense>
              <HelpTab component={component} />
            </Suspense>
          </Tabs.Panel>
        </div>
      </Tabs>
    </>
  );
};
