import { Popover, TextInput } from '@mantine/core';
import { portsOfComponent } from '@semstreams/contract';
import { type KeyboardEvent, useState } from 'react';
import { ComponentIcon } from '../../design/component-icon.tsx';
import { addBehind } from '../actions.ts';
import { useEditor, useFlow, useView } from '../editor-context.ts';
import type { Choosing } from '../view-store.ts';
import styles from './choose-next.module.css';
import { type Fitting, fittingTypes, searchTypes } from './search.ts';

/** Behind which port something is to be added: only what fits is offered, and it is placed and connected by itself. */
export const ChooseNext = () => {
  const choosing = useView((view) => view.choosing);
  return choosing ? <Choice key={`${choosing.at.x} ${choosing.at.y}`} choosing={choosing} /> : null;
};

const Choice = ({ choosing: { from, at, place } }: { choosing: Choosing }) => {
  const editor = useEditor();
  const flow = useFlow();
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const close = () => editor.view.getState().show({ choosing: undefined });

  const component = flow.components.find(({ id }) => id === from.component);
  const port = portsOfComponent(component, editor.types)[from.port];
  const used = new Map<string, number>();
  for (const { type } of flow.components) used.set(type, (used.get(type) ?? 0) + 1);
  const fitting = port ? fittingTypes([...editor.types.values()], port, used) : [];
  const matching = searchTypes(
    fitting.map(({ type }) => type),
    query,
  );
  const offered = matching.map((type) => fitting.find((each) => each.type === type)!);

  const choose = ({ type, port: into }: Fitting): void => {
    close();
    addBehind(editor, type, { from, port: into, place });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setActive((active + step + offered.length) % Math.max(1, offered.length));
    }
    if (event.key === 'Enter' && offered[active]) choose(offered[active]);
  };

  return (
    <Popover
      opened
      onDismiss={close}
      onChange={(isOpen) => isOpen || close()}
      position="right-start"
      trapFocus
      withinPortal
      shadow="lg"
      radius="md"
    >
      <Popover.Target>
        <span className={styles['anchor']} style={{ left: at.x, top: at.y }} />
      </Popover.Target>
      <Popover.Dropdown p={8} w={280}>
        <TextInput
          data-autofocus
          aria-label="Search what fits here"
          placeholder="What comes next?"
          value={query}
          onChange={({ currentTarget }) => {
            setQuery(currentTarget.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
        />
        <ul className={styles['list']}>
          {offered.map((each, index) => (
            <li key={each.type.type}>
              <button
                type="button"
                className={styles['item']}
                data-active={index === active}
                aria-label={each.type.title}
                onMouseEnter={() => setActive(index)}
                onClick={() => choose(each)}
              >
                <ComponentIcon icon={each.type.icon} category={each.type.category} size={24} />
                <span>
                  <b>{each.type.title}</b>
                  <small>{each.type.summary}</small>
                </span>
              </button>
            </li>
          ))}
          {offered.length === 0 ? <li className={styles['none']}>Nothing fits here.</li> : null}
        </ul>
      </Popover.Dropdown>
    </Popover>
  );
};
