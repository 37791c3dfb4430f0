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
  // all settings of a component together are an object, whatever stands in it
  const isWhole = path.length === 0;
  const unreadable = typed !== undefined && typed.trim() !== '' && parsed(typed, isWhole) === undefined;
  return (
    <Textarea
      {...placeAttribute(path)}
      label={field.title}
      description={field.help}
      error={unreadable ? (isWhole ? 'This is no object in JSON yet.' : 'This is not JSON yet.') : problem.shown}
      inputWrapperOrder={wrapperOrder}
      placeholder="JSON"
      autosize
      minRows={2}
      maxRows={16}
      spellCheck={false}
      value={typed ?? (value === undefined ? '' : JSON.stringify(value, null, 2))}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value);
        const next = parsed(currentTarget.value, isWhole);
        if (currentTarget.value.trim() === '') write(path, isWhole ? {} : undefined, field.title);
        else if (next !== undefined) write(path, next, field.title);
      }}
      onBlur={() => {
        if (!unreadable) setTyped(undefined);
        problem.left();
      }}
    />
  );
};

/** Undefined for what is no JSON, or no object where it has to be one. */
const parsed = (text: string, isObject: boolean): unknown => {
  try {
    const value = JSON.parse(text) as unknown;
    return isObject && (typeof value !== 'object' || value === null || Array.isArray(value)) ? undefined : value;
  } catch {
    return undefined;
  }
};
