import type { FieldOf } from './fields.ts';
import type { ControlProps } from './form-context.ts';
import { Labelled } from './labelled.tsx';
import { SchemaForm } from './schema-form.tsx';

export const GroupControl = ({ field, path, value }: ControlProps<FieldOf<'group'>>) => (
  <Labelled field={field} path={path} value={value}>
    <SchemaForm fields={field.fields} path={path} />
  </Labelled>
);
