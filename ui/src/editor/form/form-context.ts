import type { SeenField } from '@semstreams/contract';
import { type ComponentType, createContext, useContext } from 'react';
import type { ConfigPath } from '../draft/config-path.ts';
import type { Field } from './fields.ts';

/** What a control needs to know of the form that it stands in. */
export interface Form {
  /** The config as it is in the draft. */
  readonly given: Readonly<Record<string, unknown>>;
  /** The same, with the default of every list and map that is left to it. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly write: (path: ConfigPath, value: unknown, title: string) => void;
  /** A field was left: what is typed next is another step of undoing. */
  readonly leave: () => void;
  /** What the server finds wrong at a place of the config, such as `rules[0].operator`. */
  readonly findingAt: (place: string) => string | undefined;
  /** The fields that came by on the way here. */
  readonly seen: readonly SeenField[];
  /** The control of any field. It comes from here, since fields hold fields. */
  readonly Control: ComponentType<ControlProps>;
}

export const FormContext = createContext<Form | undefined>(undefined);

export const useForm = (): Form => {
  const form = useContext(FormContext);
  if (!form) throw new Error('there is no <FormContext> around this');
  return form;
};

/** One control: its field, where its value stands, and the value. */
export interface ControlProps<Of extends Field = Field> {
  readonly field: Of;
  readonly path: ConfigPath;
  readonly value: unknown;
}
