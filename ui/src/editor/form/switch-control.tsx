import { Switch } from '@mantine/core';
import type { FieldOf } from './fields.ts';
import { type ControlProps, useForm } from './form-context.ts';
import { placeAttribute, useProblem } from './labelled.tsx';

export const SwitchControl = ({ field, path, value }: ControlProps<FieldOf<'switch'>>) => {
  const { write, leave } = useForm();
  const problem = useProblem({ field, path, value });
  return (
    <Switch
      {...placeAttribute(path)}
      size="sm"
      label={field.title}
      description={field.help}
      error={problem.shown}
      checked={(value ?? field.fallback) === true}
      onChange={({ currentTarget }) => {
        write(path, currentTarget.checked, field.title);
        leave();
      }}
    />
  );
};
