import { Textarea, TextInput } from '@mantine/core';
import { Suspense } from 'react';
import type { FieldOf } from './fields.ts';
import { ReadFileActions, WrittenFileActions } from '../later.tsx';
import { type ControlProps, useForm } from './form-context.ts';
import { PathControl } from './path-control.tsx';
import { BackToDefault, placeAttribute, useProblem } from './labelled.tsx';
import styles from './schema-form.module.css';
import { guessedValue } from './value-text.ts';

type OneLine = FieldOf<'text' | 'number' | 'duration' | 'size'>;

/** One line of text: names, numbers, durations and sizes. What cannot be a number stays as it was typed, and is told. */
export const TextControl = ({ field, path, value }: ControlProps<OneLine>) => {
  const { write } = useForm();
  const problem = useProblem({ field, path, value });
  const text = value === undefined ? '' : String(value);
  const common = {
    ...placeAttribute(path),
    label: (
      <>
        {field.title}
        {field.isRequired && field.fallback === undefined && text === '' ? (
          <span className={styles['required']}> (needed)</span>
        ) : null}
      </>
    ),
    description: field.help,
    placeholder: placeholderOf(field),
    value: text,
    error: problem.shown,
    spellCheck: false,
    autoComplete: 'off',
    onBlur: problem.left,
    inputWrapperOrder: wrapperOrder,
  };
  const change = (typed: string): void => write(path, valueOf(field, typed), field.title);
  if (field.kind === 'text' && field.isPath) return <PathControl common={common} change={change} />;
  if (field.kind === 'text' && field.isLong)
    return (
      <Textarea
        {...common}
        autosize
        minRows={field.isCode ? 6 : 2}
        classNames={field.isCode ? { input: styles['code']! } : {}}
        onChange={({ currentTarget }) => change(currentTarget.value)}
      />
    );
  const FileActions = field.kind === 'text' && field.file ? fileActions[field.file] : undefined;
  const input = (
    <TextInput
      {...common}
      inputMode={field.kind === 'number' ? (field.isWhole ? 'numeric' : 'decimal') : 'text'}
      rightSection={<Unit field={field} path={path} value={value} />}
      rightSectionWidth="auto"
      onChange={({ currentTarget }) => change(currentTarget.value)}
    />
  );
  if (!FileActions) return input;
  return (
    <div>
      {input}
      <Suspense>
        <FileActions name={field.name} value={String(value ?? field.fallback ?? '')} />
      </Suspense>
    </div>
  );
};

const fileActions = { read: ReadFileActions, written: WrittenFileActions } as const;

export const wrapperOrder: ('label' | 'description' | 'input' | 'error')[] = ['label', 'description', 'input', 'error'];

const Unit = (props: ControlProps) => (
  <span className={styles['unit']}>
    {props.field.unit}
    <BackToDefault {...props} />
  </span>
);

const placeholderOf = ({ fallback, example }: OneLine): string => {
  if (fallback !== undefined && fallback !== '') return String(fallback);
  return example === undefined ? '' : `such as ${String(example)}`;
};

/** An emptied line gives the setting back to its default, or takes it out. */
const valueOf = (field: OneLine, typed: string): unknown => {
  if (typed === '') return undefined;
  if (field.kind !== 'number') return typed;
  const value = guessedValue(typed);
  return typeof value === 'number' ? value : typed;
};
