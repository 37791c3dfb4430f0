import { NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { FieldOf } from './fields.ts';
import { type ControlProps, useForm } from './form-context.ts';
import { placeAttribute, useProblem } from './labelled.tsx';
import { wrapperOrder } from './text-control.tsx';
import { ValueKindChoice } from './value-kind.tsx';
import { guessedValue, kindOfValue, textOfValue, type ValueKind, valueOfText } from './value-text.ts';

/** A value of any kind in one line. What it is understood as stands beside it and can be said otherwise. */
export const ValueControl = ({ field, path, value }: ControlProps<FieldOf<'value'>>) => {
  const { write, leave } = useForm();
  const problem = useProblem({ field, path, value });
  const [typing, setTyping] = useState<string>();
  const [said, setSaid] = useState<ValueKind>();
  const kind = value === undefined ? (said ?? 'text') : kindOfValue(value);

  const change = (text: string): void => {
    setTyping(text);
    if (text === '' && said !== 'text') write(path, undefined, field.title);
    else write(path, said === undefined ? guessedValue(text) : valueOfText(text, said), field.title);
  };
  const become = (next: ValueKind): void => {
    setSaid(next);
    setTyping(undefined);
    write(path, valueOfText(textOfValue(value), next), field.title);
    leave();
  };

  const common = {
    ...placeAttribute(path),
    label: field.title,
    description: field.help,
    error: problem.shown,
    inputWrapperOrder: wrapperOrder,
    rightSection: <ValueKindChoice title={field.title} kind={kind} choose={become} />,
    rightSectionPointerEvents: 'all',
  } as const;
  if (kind === 'yes_no')
    return (
      <NativeSelect
        {...common}
        value={String(value)}
        data={yesOrNo}
        onChange={({ currentTarget }) => write(path, currentTarget.value === 'true', field.title)}
        onBlur={problem.left}
      />
    );
  return (
    <TextInput
      {...common}
      placeholder={placeholderOf(kind, field.example)}
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
  );
};

const yesOrNo = [
  { value: 'true', label: 'Yes' },
  { value: 'false', label: 'No' },
];

const placeholderOf = (kind: ValueKind, example: unknown): string => {
  if (kind === 'empty') return 'nothing';
  if (kind === 'list') return 'one, two, three';
  return example === undefined ? '' : `such as ${textOfValue(example)}`;
};
