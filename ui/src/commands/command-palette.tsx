import { Kbd, Modal } from '@mantine/core';
import { Search } from 'lucide-react';
import { type KeyboardEvent, useDeferredValue, useEffect, useId, useRef, useState, useSyncExternalStore } from 'react';
import { type Command, commands } from './commands.ts';
import { findCommands } from './find-commands.ts';
import styles from './command-palette.module.css';

/** So many are shown at most: whoever sees more types another letter. */
const mostShown = 50;

/** Everything that can be done, found by typing. Arrow keys choose, Enter does it, Escape closes. */
export const CommandPalette = ({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) => (
  <Modal.Root opened={isOpen} onClose={onClose} yOffset="12vh" size={580} centered={false}>
    <Modal.Overlay />
    <Modal.Content aria-label="Command palette">
      <Palette onClose={onClose} />
    </Modal.Content>
  </Modal.Root>
);

const Palette = ({ onClose }: { onClose: () => void }) => {
  const all = useSyncExternalStore(commands.subscribe, commands.read);
  const [search, setSearch] = useState('');
  const [chosen, setChosen] = useState(0);
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const found = findCommands(all, useDeferredValue(search)).slice(0, mostShown);
  const active = Math.min(chosen, found.length - 1);

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [active]);

  const run = (command: Command | undefined): void => {
    if (!command) return;
    onClose();
    command.run();
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (step !== undefined && found.length > 0) setChosen((active + step + found.length) % found.length);
    else if (event.key === 'Enter') run(found[active]);
    else return;
    event.preventDefault();
  };

  return (
    <div className={styles['palette']}>
      <div className={styles['search']}>
        <Search size={16} aria-hidden />
        <input
          data-autofocus
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={found.length > 0 ? `${listId}-${active}` : undefined}
          aria-autocomplete="list"
          aria-label="Search flows, pages and commands"
          placeholder="Search flows, pages and commands"
          value={search}
          onChange={({ currentTarget }) => {
            setSearch(currentTarget.value);
            setChosen(0);
          }}
          onKeyDown={onKeyDown}
        />
        <Kbd size="xs">Esc</Kbd>
      </div>
      <div className={styles['list']} role="listbox" id={listId} aria-label="Commands" ref={list}>
        {found.map((command, index) => (
          <div key={command.id}>
            {command.group === found[index - 1]?.group ? null : (
              <div className={styles['group']} role="presentation">
                {command.group}
              </div>
            )}
            <Option
              command={command}
              id={`${listId}-${index}`}
              isChosen={index === active}
              onPoint={() => setChosen(index)}
              onRun={() => run(command)}
            />
          </div>
        ))}
      </div>
      {found.length === 0 ? <p className={styles['nothing']}>Nothing is called “{search}”.</p> : null}
    </div>
  );
};

const Option = ({
  command: { title, icon: Icon, keys },
  id,
  isChosen,
  onPoint,
  onRun,
}: {
  command: Command;
  id: string;
  isChosen: boolean;
  onPoint: () => void;
  onRun: () => void;
}) => (
  <div
    className={styles['option']}
    role="option"
    id={id}
    aria-selected={isChosen}
    onPointerMove={onPoint}
    onClick={onRun}
  >
    <Icon size={16} aria-hidden />
    <span className={styles['title']}>{title}</span>
    {keys ? <Kbd size="xs">{keys}</Kbd> : null}
  </div>
);
