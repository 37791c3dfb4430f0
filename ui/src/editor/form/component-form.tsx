import { Button } from '@mantine/core';
import type { Component, ComponentType } from '@semstreams/contract';
import { useMemo, useState } from 'react';
import { toast } from '../../design/toast.tsx';
import { type ConfigPath, writeAt } from '../draft/config-path.ts';
import { configure } from '../draft/edits.ts';
import { followed, goneBetween } from '../draft/follow-ports.ts';
import { useEditor, useFindingsOf } from '../editor-context.ts';
import { useSeenInto } from '../seen/use-seen.ts';
import { Control } from './control.tsx';
import { type Field, fieldsOf, type JsonSchema } from './fields.ts';
import { FormContext, type Form } from './form-context.ts';
import { JsonControl } from './json-control.tsx';
import { SchemaForm } from './schema-form.tsx';

const nothing = {};

/** The settings of a component: a form that is made from the schema of its type alone. */
export const ComponentForm = ({ component, type }: { component: Component; type: ComponentType | undefined }) => {
  const { draft, types } = useEditor();
  const [asJson, setAsJson] = useState(false);
  const findings = useFindingsOf(component.id);
  const { fields: seen } = useSeenInto(component.id);
  const fields = useMemo(() => fieldsOf((type?.config_schema ?? {}) as JsonSchema), [type]);
  const given = component.config ?? nothing;

  const form: Form = {
    Control,
    seen,
    given,
    config: withStartingLists(fields, given),
    write: (path: ConfigPath, value: unknown, title: string) => {
      const [key, ...inner] = path;
      const field = fields.find(({ name }) => name === key);
      const isBegun = inner.length === 0 || key === undefined || given[key as keyof typeof given] !== undefined;
      const edit = isBegun
        ? configure(component, path, value, title)
        : configure(component, [key], writeAt(field?.fallback, inner, value), title);
      const before = draft.getState().flow;
      draft.getState().run(followed(edit, component.id, types));
      const gone = goneBetween(before, draft.getState().flow, types);
      if (gone.length > 0) toast({ sentence: `Deleted with it: ${gone.join(', ')}. Undo brings that back.` });
    },
    leave: () => draft.getState().seal(),
    findingAt: (place) => {
      const found = findings.find(({ field }) => field === place);
      return found && `${capitalised(found.sentence)}${found.hint ? `: ${found.hint}` : ''}.`;
    },
  };

  const isJson = asJson || !type;
  return (
    <FormContext value={form}>
      {type ? (
        <Button variant="subtle" size="compact-sm" mb="sm" onClick={() => setAsJson(!asJson)}>
          {asJson ? 'Edit as a form' : 'Edit as JSON'}
        </Button>
      ) : null}
      {isJson ? (
        <JsonControl field={type ? knownConfig : wholeConfig} path={[]} value={component.config} />
      ) : fields.length === 0 ? (
        <p>There is nothing to set.</p>
      ) : (
        <SchemaForm fields={fields} />
      )}
    </FormContext>
  );
};

const wholeConfig: Field & { kind: 'json' } = {
  kind: 'json',
  name: '',
  title: 'Settings',
  help: 'This type is not known here, so its settings are shown as they are written.',
  isRequired: false,
  isAdvanced: false,
  schema: {},
};

const knownConfig: typeof wholeConfig = {
  ...wholeConfig,
  help: 'As they stand in the document. What is wrong with them stands among the problems.',
};

const withStartingLists = (
  fields: readonly Field[],
  config: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> => ({
  ...Object.fromEntries(
    fields.flatMap(({ name, fallback }) =>
      typeof fallback === 'object' && fallback !== null ? [[name, fallback]] : [],
    ),
  ),
  ...config,
});

const capitalised = (sentence: string): string => sentence.charAt(0).toUpperCase() + sentence.slice(1);
