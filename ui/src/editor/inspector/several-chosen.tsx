import { Button, Group } from '@mantine/core';
import { duplicateChosen, removeChosen } from '../actions.ts';
import { useEditor, useView } from '../editor-context.ts';
import styles from './inspector.module.css';

export const SeveralChosen = () => {
  const editor = useEditor();
  const components = useView((view) => view.components.size);
  const connections = useView((view) => view.connections.size);
  const counted = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;
  const parts = [
    ...(components > 0 ? [counted(components, 'component')] : []),
    ...(connections > 0 ? [counted(connections, 'connection')] : []),
  ];
  return (
    <>
      <header className={styles['head']}>
        <div className={styles['names']}>
          <h2>{parts.join(' and ')}</h2>
          <small>Copy with Ctrl+C, paste with Ctrl+V, in another flow too.</small>
        </div>
      </header>
      <Group className={styles['body']!} gap="xs">
        <Button variant="default" disabled={components === 0} onClick={() => duplicateChosen(editor)}>
          Duplicate
        </Button>
        <Button variant="default" onClick={() => removeChosen(editor)}>
          Delete
        </Button>
      </Group>
    </>
  );
};
