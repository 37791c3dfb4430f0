import { NativeSelect } from '@mantine/core';
import type { FieldOf } from './fields.ts';
import { type ControlProps, useForm } from './form-context.ts';
import { placeAttribute, useProblem } from './labelled.tsx';
import { wrapperOrder } from './text-control.tsx';

/** One of several. A value that is none of them stays, and is told, until another one is chosen. */
export const ChoiceControl = ({ field, path, value }: ControlProps<FieldOf<'choice'>>) => {
  const { write, leave } = useForm();
  const problem = useProblem({ field, path, value });
  const present = value === undefined ? field.fallback : value;
  const isKnown = field.options.some((option) => option.value === present);
  return (
    <NativeSelect
      {...placeAttribute(path)}
      label={field.title}
      description={field.help}
      error={problem.shown}
      inputWrapperOrder={wrapperOrder}
      value={present === undefined ? '' : String(present)}
      onBlur={problem.left}
      onChange={({ currentTarget }) => {
        write(path, currentTarget.value === '' ? undefined : currentTarget.value, field.title);
        leave();
      }}
      data={[
        ...(isKnown
          ? []
          : [{ value: present === undefined ? '' : String(present), label: String(present ?? 'Choose…') }]),
        ...field.options.map((option) => ({ value: option.value, label: option.title })),
      ]}
    />
  );
};
