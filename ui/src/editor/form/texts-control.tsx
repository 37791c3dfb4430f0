import { TagsInput } from '@mantine/core';
import type { FieldOf } from './fields.ts';
import { type ControlProps, useForm } from './form-context.ts';
import { placeAttribute, useProblem } from './labelled.tsx';
import { wrapperOrder } from './text-control.tsx';
import { textOfValue } from './value-text.ts';

/** Several short texts in one line; Enter or a comma ends each of them. */
export const TextsControl = ({ field, path, value }: ControlProps<FieldOf<'texts'>>) => {
  const { write, leave, seen } = useForm();
  const problem = useProblem({ field, path, value });
  const present = value ?? field.fallback;
  const texts = Array.isArray(present) ? present.map(String) : [];
  return (
    <TagsInput
      {...placeAttribute(path)}
      label={field.title}
      description={field.help}
      error={problem.shown}
      inputWrapperOrder={wrapperOrder}
      placeholder={texts.length === 0 && field.example !== undefined ? `such as ${textOfValue(field.example)}` : ''}
      data={field.isPath ? seen.map(({ path: name }) => name) : []}
      splitChars={[',', ' ']}
      acceptValueOnBlur
      value={texts}
      onChange={(next) => {
        write(path, next.length === 0 && field.fallback !== undefined ? undefined : next, field.title);
        leave();
      }}
      onBlur={problem.left}
    />
  );
};
