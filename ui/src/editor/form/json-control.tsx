import { Textarea } from '@mantine/core';
import { useState } from 'react';
import type { FieldOf } from './fields.ts';
import { type ControlProps, useForm } from './form-context.ts';
import { placeAttribute, useProblem } from './labelled.tsx';
import { wrapperOrder } from './text-control.tsx';

/** What no other control can edit, as JSON. It goes into the draft as soon as it can be read. */
export const JsonControl = ({ field, path, value }: ControlProps<FieldOf<'json'>>) => {
  const { write } = useForm();
  const problem = useProblem({ field, path, value });
  const [typed, setTyped] = useState<string>();
  const unreadable = typed !== undefined && typed.trim() !== '' && parsed(typed) === undefined;
  return (
    <Textarea
      {...placeAttribute(path)}
      label={field.title}
      description={field.help}
      error={unreadable ? 'This is not JSON yet.' : problem.shown}
      inputWrapperOrder={wrapperOrder}
      placeholder="JSON"
      autosize
      minRows={2}
      maxRows={16}
      spellCheck={false}
      value={typed ?? (value === undefined ? '' : JSON.stringify(value, null, 2))}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value);
        const next = parsed(currentTarget.value);
        if (currentTarget.value.trim() === '') write(path, undefined, field.title);
        else if (next !== undefined) write(path, next, field.title);
      }}
      onBlur={() => {
        if (!unreadable) setTyped(undefined);
        problem.left();
      }}
    />
  );
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};
