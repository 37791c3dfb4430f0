import { TextInput } from '@mantine/core';
import { useFocusReturn } from '@mantine/hooks';
import type { ComponentType } from '@semstreams/contract';
import { Search } from 'lucide-react';
import { type KeyboardEvent, type Ref, useMemo, useState } from 'react';
import { ComponentIcon } from '../../design/component-icon.tsx';
import { addType } from '../actions.ts';
import { useEditor, useView } from '../editor-context.ts';
import { dragType } from './dragging.ts';
import styles from './palette.module.css';
import { intents, searchTypes } from './search.ts';

/**
 * All that can be added, by what people want. Click, drag or Enter adds; Enter in the search adds the best match. Where
 * it covers the canvas it makes room for what was added.
 */
export const Palette = ({ searchRef }: { searchRef: Ref<HTMLInputElement> }) => {
  const editor = useEditor();
  const isOpen = useView((view) => view.isPaletteOpen);
  const [query, setQuery] = useState('');
  useFocusReturn({ opened: isOpen });
  const all = useMemo(() => [...editor.types.values()], [editor]);
  const found = searchTypes(all, query);
  const groups = intents
    .map(({ category, title }) => ({ title, types: found.filter((type) => type.category === category) }))
    .filter(({ types }) => types.length > 0);

  const close = (): void => editor.view.getState().show({ isPaletteOpen: false });
  const add = (type: ComponentType): void => {
    close();
    addType(editor, type);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && query !== '' && found[0]) {
      add(found[0]);
      setQuery('');
    } else if (event.key === 'Escape' && query !== '') {
      event.stopPropagation();
      setQuery('');
    } else if (event.key === 'Escape') close();
  };

  return (
    <aside className={styles['palette']} aria-label="Components">
      <TextInput
        ref={searchRef}
        type="search"
        aria-label="Search components"
        placeholder="Search components"
        leftSection={<Search size={14} aria-hidden />}
        rightSection={query === '' ? <kbd className={styles['key']}>/</kbd> : null}
        value={query}
        onChange={({ currentTarget }) => setQuery(currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <div className={styles['groups']}>
        {groups.map(({ title, types }) => (
          <section key={title} aria-label={title}>
            <h2>{title}</h2>
            <ul>
              {types.map((type) => (
                <li key={type.type}>
                  <PaletteItem type={type} add={() => add(type)} />
                </li>
              ))}
            </ul>
          </section>
        ))}
        {groups.length === 0 ? <p className={styles['none']}>Nothing is called “{query}”.</p> : null}
      </div>
    </aside>
  );
};

const PaletteItem = ({ type, add }: { type: ComponentType; add: () => void }) => (
  <button
    type="button"
    className={styles['item']}
    draggable
    aria-label={type.title}
    title={`${type.summary}\n${type.type}`}
    onClick={add}
    onDragStart={(event) => dragType(event, type.type)}
  >
    <ComponentIcon icon={type.icon} category={type.category} />
    <span>
      <b>{type.title}</b>
      <small>{type.summary}</small>
    </span>
  </button>
);
