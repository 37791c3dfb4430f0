import { Button, Group, Modal, Radio } from '@mantine/core';
import { useState } from 'react';
import { type Choice, type Conflict } from './draft/merge.ts';
import { useEditor, useFlow, useSaveState } from './editor-context.ts';
import styles from './editor-page.module.css';
import { fieldsOf, type JsonSchema } from './form/fields.ts';

/** Two people changed the same thing: both values, to choose from. Nothing is saved before, so neither is lost. */
export const ConflictDialog = () => {
  const state = useSaveState();
  return state.kind === 'conflict' ? <Compare conflicts={state.conflicts} /> : null;
};

const Compare = ({ conflicts }: { conflicts: readonly Conflict[] }) => {
  const { autosave } = useEditor();
  const titleOf = useTitles();
  const [choices, setChoices] = useState<Readonly<Record<string, Choice>>>({});
  const isDecided = conflicts.every(({ key }) => choices[key] !== undefined);
  const ignore = (): void => undefined;
  return (
    <Modal
      opened
      onClose={ignore}
      closeOnEscape={false}
      closeOnClickOutside={false}
      withCloseButton={false}
      size="lg"
      title="Somebody else changed the same"
    >
      <p>All other changes of both sides are kept. Which of these values shall stand?</p>
      <div className={styles['conflicts']}>
        {conflicts.map((conflict) => (
          <Radio.Group
            key={conflict.key}
            label={titleOf(conflict)}
            value={choices[conflict.key] ?? null}
            onChange={(choice) => setChoices({ ...choices, [conflict.key]: choice as Choice })}
          >
            <div className={styles['sides']}>
              <Radio value="ours" label={<Side title="Yours" value={conflict.ours} />} />
              <Radio value="theirs" label={<Side title="Theirs" value={conflict.theirs} />} />
            </div>
          </Radio.Group>
        ))}
      </div>
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={() => setChoices(all(conflicts, 'ours'))}>
          All yours
        </Button>
        <Button variant="default" onClick={() => setChoices(all(conflicts, 'theirs'))}>
          All theirs
        </Button>
        <Button disabled={!isDecided} onClick={() => autosave.resolve(({ key }) => choices[key] ?? 'ours')}>
          Go on
        </Button>
      </Group>
    </Modal>
  );
};

const all = (conflicts: readonly Conflict[], choice: Choice): Record<string, Choice> =>
  Object.fromEntries(conflicts.map(({ key }) => [key, choice]));

const Side = ({ title, value }: { title: string; value: unknown }) => (
  <>
    <b>{title}</b>
    <pre>{value === undefined ? 'not there' : typeof value === 'string' ? value : JSON.stringify(value, null, 2)}</pre>
  </>
);

/** Settings by their titles instead of their keys, where the type is known. */
const useTitles = (): ((conflict: Conflict) => string) => {
  const { types } = useEditor();
  const flow = useFlow();
  return ({ title, component: id, key }) => {
    const component = flow.components.find((each) => each.id === id);
    const setting = key.startsWith(`config ${id} `) ? key.slice(`config ${id} `.length) : undefined;
    const schema = types.get(component?.type ?? '')?.config_schema as JsonSchema | undefined;
    const field = schema && fieldsOf(schema).find(({ name }) => name === setting);
    return field && setting ? title.replace(`: ${setting}`, `: ${field.title}`) : title;
  };
};
