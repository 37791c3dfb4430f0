import { ActionIcon, Button, TextInput } from '@mantine/core';
import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { type FieldOf, startValue } from './fields.ts';
import { type ControlProps, useForm } from './form-context.ts';
import { BackToDefault, Labelled } from './labelled.tsx';
import styles from './schema-form.module.css';

/** Names with a value each, such as fields that are added. */
export const MapControl = ({ field, path, value }: ControlProps<FieldOf<'map'>>) => {
  const { write, leave, Control } = useForm();
  const [name, setName] = useState('');
  const present = (value ?? field.fallback ?? {}) as Readonly<Record<string, unknown>>;
  const entries = Object.entries(present);
  const isTaken = name in present;

  const add = (): void => {
    if (name === '' || isTaken) return;
    write(path, { ...present, [name]: startValue(field.item) }, field.title);
    leave();
    setName('');
  };

  return (
    <Labelled field={field} path={path} value={value} aside={<BackToDefault field={field} path={path} value={value} />}>
      <ul className={styles['entries']}>
        {entries.map(([key, entry]) => (
          <li key={key} className={styles['entry']}>
            <span className={styles['tools']}>
              <ActionIcon
                size={24}
                aria-label={`Delete ${key}`}
                onClick={() => {
                  write([...path, key], undefined, field.title);
                  leave();
                }}
              >
                <Trash2 size={13} aria-hidden />
              </ActionIcon>
            </span>
            <Control field={{ ...field.item, title: key, help: undefined }} path={[...path, key]} value={entry} />
          </li>
        ))}
      </ul>
      <div className={styles['shape']}>
        <TextInput
          aria-label={`${field.title}: name of another entry`}
          placeholder="name"
          value={name}
          error={isTaken ? 'There is one of this name already.' : undefined}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          onKeyDown={(event) => event.key === 'Enter' && add()}
        />
        <Button
          variant="default"
          leftSection={<Plus size={13} aria-hidden />}
          disabled={name === '' || isTaken}
          onClick={add}
        >
          Add
        </Button>
      </div>
    </Labelled>
  );
};
