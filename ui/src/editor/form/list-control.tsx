import { ActionIcon, Button, NativeSelect } from '@mantine/core';
import { placeOf } from '@semstreams/contract';
import { ArrowDown, ArrowUp, Copy, Plus, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ConfigPath } from '../draft/config-path.ts';
import { type FieldOf, startObject, startValue } from './fields.ts';
import { type ControlProps, useForm } from './form-context.ts';
import { BackToDefault, Labelled } from './labelled.tsx';
import { SchemaForm } from './schema-form.tsx';
import styles from './schema-form.module.css';

/** Entries in an order: rules, steps, numbers. Each can be added, moved, doubled and taken away. */
export const ListControl = ({ field, path, value }: ControlProps<FieldOf<'list' | 'shapes'>>) => {
  const { write, leave } = useForm();
  const present = value ?? field.fallback;
  const entries: readonly unknown[] = Array.isArray(present) ? present : [];
  const word = field.title.toLowerCase().replace(/s$/, '');
  const replace = (next: readonly unknown[]): void => {
    write(path, next, field.title);
    leave();
  };
  const swap = (index: number, other: number): void =>
    replace(entries.map((entry, at) => (at === index ? entries[other] : at === other ? entries[index] : entry)));

  return (
    <Labelled field={field} path={path} value={value} aside={<BackToDefault field={field} path={path} value={value} />}>
      <ol className={styles['entries']}>
        {entries.map((entry, index) => (
          <li key={index} className={styles['entry']}>
            <Entry field={field} path={[...path, index]} value={entry}>
              <span className={styles['tools']}>
                <Tool title={`Move ${word} ${index + 1} up`} isOff={index === 0} run={() => swap(index, index - 1)}>
                  <ArrowUp size={13} aria-hidden />
                </Tool>
                <Tool
                  title={`Move ${word} ${index + 1} down`}
                  isOff={index === entries.length - 1}
                  run={() => swap(index, index + 1)}
                >
                  <ArrowDown size={13} aria-hidden />
                </Tool>
                <Tool title={`Double ${word} ${index + 1}`} run={() => replace(entries.toSpliced(index, 0, entry))}>
                  <Copy size={12} aria-hidden />
                </Tool>
                <Tool title={`Delete ${word} ${index + 1}`} run={() => replace(entries.toSpliced(index, 1))}>
                  <Trash2 size={13} aria-hidden />
                </Tool>
              </span>
            </Entry>
          </li>
        ))}
      </ol>
      <Button
        variant="default"
        leftSection={<Plus size={13} aria-hidden />}
        disabled={entries.length >= (field.schema.maxItems ?? Infinity)}
        onClick={() => replace([...entries, startOf(field)])}
      >
        Add a {word}
      </Button>
    </Labelled>
  );
};

const startOf = (field: FieldOf<'list' | 'shapes'>): unknown => {
  if (field.kind === 'list') return startValue(field.item);
  const [shape] = field.shapes;
  return shape ? { [field.by]: shape.value, ...startObject(shape.fields) } : {};
};

const Tool = ({
  title,
  run,
  isOff = false,
  children,
}: {
  title: string;
  run: () => void;
  isOff?: boolean;
  children: ReactNode;
}) => (
  <ActionIcon size={24} aria-label={title} title={title} disabled={isOff} onClick={run}>
    {children}
  </ActionIcon>
);

interface EntryProps {
  readonly field: FieldOf<'list' | 'shapes'>;
  readonly path: ConfigPath;
  readonly value: unknown;
  readonly children: ReactNode;
}

const Entry = ({ field, path, value, children }: EntryProps) => {
  const { Control } = useForm();
  if (field.kind === 'shapes') return <ShapeEntry field={field} path={path} value={value} tools={children} />;
  const { item } = field;
  if (item.kind === 'group')
    return (
      <>
        {children}
        <div className={styles['row']}>
          <SchemaForm fields={item.fields} path={path} />
        </div>
      </>
    );
  return (
    <>
      {children}
      <Control field={{ ...item, title: item.schema.title ?? 'Value' }} path={path} value={value} />
    </>
  );
};

interface ShapeProps {
  readonly field: FieldOf<'shapes'>;
  readonly path: ConfigPath;
  readonly value: unknown;
  readonly tools: ReactNode;
}

/** An entry that has one of several shapes. What two shapes have in common stays when it takes another one. */
const ShapeEntry = ({ field, path, value, tools }: ShapeProps) => {
  const { write, leave } = useForm();
  const given = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const shape = field.shapes.find((each) => each.value === given[field.by]);
  const become = (name: string): void => {
    const next = field.shapes.find((each) => each.value === name);
    if (!next) return;
    const kept = Object.fromEntries(
      next.fields.flatMap((each) => (each.name in given ? [[each.name, given[each.name]]] : [])),
    );
    write(path, { [field.by]: name, ...startObject(next.fields), ...kept }, field.title);
    leave();
  };
  return (
    <>
      <div className={styles['shape']}>
        <NativeSelect
          data-field={placeOf([...path, field.by])}
          aria-label={`${field.title.replace(/s$/, '')} ${Number(path.at(-1)) + 1}`}
          value={shape?.value ?? ''}
          data={[
            ...(shape ? [] : [{ value: '', label: 'Choose…' }]),
            ...field.shapes.map((each) => ({ value: each.value, label: each.title })),
          ]}
          onChange={({ currentTarget }) => become(currentTarget.value)}
        />
        {tools}
      </div>
      {shape ? <SchemaForm fields={shape.fields} path={path} /> : null}
    </>
  );
};
