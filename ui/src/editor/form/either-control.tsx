import type { Field, FieldOf } from './fields.ts';
import { type ControlProps, useForm } from './form-context.ts';

/** What may be written in several ways is edited in the way it is written, else in the first one. */
export const EitherControl = ({ field, path, value }: ControlProps<FieldOf<'either'>>) => {
  const { Control } = useForm();
  const present = value ?? field.fallback;
  const branch = field.branches.find((each) => fits(each, present)) ?? field.branches[0]!;
  const { title, help, fallback, example, isRequired, isAdvanced } = field;
  return (
    <Control field={{ ...branch, title, help, fallback, example, isRequired, isAdvanced }} path={path} value={value} />
  );
};

const fits = ({ kind }: Field, value: unknown): boolean => {
  switch (kind) {
    case 'list':
    case 'shapes':
    case 'texts':
      return Array.isArray(value);
    case 'map':
    case 'group':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'number':
      return typeof value === 'number';
    case 'switch':
      return typeof value === 'boolean';
    case 'json':
    case 'value':
      return true;
    default:
      return typeof value === 'string';
  }
};
