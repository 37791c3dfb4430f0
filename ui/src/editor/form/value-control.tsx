import { NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { FieldOf } from './fields.ts';
import { type ControlProps, useForm } from './form-context.ts';
import { placeAttribute, useProblem } from './labelled.tsx';
import styles from './schema-form.module.css';
import { wrapperOrder } from './text-control.tsx';
import {
  guessedValue,
  kindOfValue,
  textOfValue,
  type ValueKind,
  valueKinds,
  valueKindTitles,
  valueOfText,
} from './value-text.ts';

/** A value of any kind in one line. What it is understood as stands beside it and can be said otherwise. */
export const ValueControl = ({ field, path, value }: ControlProps<FieldOf<'value'>>) => {
  const { write, leave } = useForm();
  const problem = useProblem({ field, path, value });
  const kind = kindOfValue(value);
  const [typing, setTyping] = useState<string>();
  const [said, setSaid] = useState<ValueKind>();

  const change = (text: string): void => {
    setTyping(text);
    const next = said && said !== 'text' ? valueOfText(text, said) : said === 'text' ? text : guessedValue(text);
    write(path, text === '' && said !== 'text' ? undefined : next, field.title);
  };
  const become = (next: ValueKind): void => {
    setSaid(next);
    setTyping(undefined);
    write(path, valueOfText(textOfValue(value), next), field.title);
    leave();
  };

  return (
    <div className={styles['value']}>
      {kind === 'yes_no' ? (
        <NativeSelect
          {...placeAttribute(path)}
          label={field.title}
          error={problem.shown}
          value={String(value)}
          data={[
            { value: 'true', label: 'Yes' },
            { value: 'false', label: 'No' },
          ]}
          onChange={({ currentTarget }) => write(path, currentTarget.value === 'true', field.title)}
          onBlur={problem.left}
        />
      ) : (
        <TextInput
          {...placeAttribute(path)}
          label={field.title}
          error={problem.shown}
          inputWrapperOrder={wrapperOrder}
          placeholder={field.example === undefined ? '' : `such as ${textOfValue(field.example)}`}
          disabled={kind === 'empty'}
          spellCheck={false}
          autoComplete="off"
          value={typing ?? textOfValue(value)}
          onChange={({ currentTarget }) => change(currentTarget.value)}
          onBlur={() => {
            setTyping(undefined);
            problem.left();
          }}
        />
      )}
      <NativeSelect
        aria-label={`${field.title}: kind`}
        className={styles['kind']}
        value={value === undefined ? (said ?? 'text') : kind}
        data={valueKinds.map((each) => ({ value: each, label: valueKindTitles[each] }))}
        onChange={({ currentTarget }) => become(currentTarget.value as ValueKind)}
      />
    </div>
  );
};
