/** The part of JSON Schema that configs are described with, and what they say beside it for people. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly oneOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly unit?: string;
  readonly advanced?: boolean;
  readonly secret?: boolean;
  readonly widget?: string;
  readonly showIf?: ShowIf;
  /** What the choices of an `enum` are called. */
  readonly choices?: Readonly<Record<string, string>>;
  readonly $ref?: string;
}

/** The field is shown where another one of the same object has one of these values. */
export interface ShowIf {
  readonly field: string;
  readonly is: readonly unknown[];
}

/** What all fields have, whatever their control is. */
interface Common {
  readonly name: string;
  readonly title: string;
  readonly help?: string | undefined;
  readonly unit?: string | undefined;
  readonly example?: unknown;
  readonly fallback?: unknown;
  readonly isRequired: boolean;
  readonly isAdvanced: boolean;
  readonly showIf?: ShowIf | undefined;
  readonly schema: JsonSchema;
}

export interface Option {
  readonly value: string;
  readonly title: string;
}

/** One of several shapes of an entry, told apart by the value of `by`. */
export interface Shape {
  readonly value: string;
  readonly title: string;
  readonly fields: readonly Field[];
}

/** A setting as the form shows it: how it is edited follows from its schema alone. */
export type Field = Common &
  (
    | {
        readonly kind: 'text';
        readonly isSecret: boolean;
        readonly isLong: boolean;
        readonly isPath: boolean;
        readonly isCode: boolean;
        /** Whether it names a file that is read, or one that is written. */
        readonly file?: 'read' | 'written' | undefined;
      }
    | { readonly kind: 'number'; readonly isWhole: boolean }
    | { readonly kind: 'switch' }
    | { readonly kind: 'choice'; readonly options: readonly Option[] }
    | { readonly kind: 'duration' }
    | { readonly kind: 'size' }
    | { readonly kind: 'value' }
    | { readonly kind: 'group'; readonly fields: readonly Field[] }
    | { readonly kind: 'texts'; readonly isPath: boolean }
    | { readonly kind: 'list'; readonly item: Field }
    | { readonly kind: 'shapes'; readonly by: string; readonly shapes: readonly Shape[] }
    | { readonly kind: 'map'; readonly item: Field }
    | { readonly kind: 'either'; readonly branches: readonly Field[] }
    | { readonly kind: 'json' }
  );

export type FieldOf<Kind extends Field['kind']> = Extract<Field, { kind: Kind }>;

/** The fields of an object's schema, in the author's order. */
export const fieldsOf = (schema: JsonSchema, leaveOut?: string): Field[] =>
  Object.entries(schema.properties ?? {})
    .filter(([name]) => name !== leaveOut)
    .map(([name, property]) => fieldOf(name, property, schema.required?.includes(name) ?? false));

export const fieldOf = (name: string, schema: JsonSchema, isRequired = false): Field => {
  const common: Common = {
    name,
    title: schema.title ?? inWords(name),
    help: schema.description,
    unit: schema.unit,
    example: schema.examples?.[0],
    fallback: schema.default,
    isRequired,
    isAdvanced: schema.advanced === true,
    showIf: schema.showIf,
    schema,
  };
  return { ...common, ...controlOf(schema) } as Field;
};

/** What a field's control is, without what all fields have. */
type Control = Field extends infer Each ? (Each extends Field ? Omit<Each, keyof Common> : never) : never;

const controlOf = (schema: JsonSchema): Control => {
  if (schema.widget === 'value') return { kind: 'value' };
  if (schema.enum) return { kind: 'choice', options: schema.enum.map((value) => optionOf(value, schema)) };
  if (schema.format === 'duration' || schema.format === 'size') return { kind: schema.format };
  switch (schema.type) {
    case 'boolean':
      return { kind: 'switch' };
    case 'integer':
    case 'number':
      return { kind: 'number', isWhole: schema.type === 'integer' };
    case 'string':
      return {
        kind: 'text',
        isSecret: schema.secret === true,
        isLong: (schema.maxLength ?? 0) >= longText,
        isPath: schema.widget === 'field',
        isCode: schema.widget === 'code',
        ...(schema.widget === 'file' && { file: 'read' as const }),
        ...(schema.widget === 'new_file' && { file: 'written' as const }),
      };
    case 'array':
      return listOf(schema);
    case 'object':
      if (schema.properties) return { kind: 'group', fields: fieldsOf(schema) };
      if (typeof schema.additionalProperties === 'object')
        return { kind: 'map', item: fieldOf('', schema.additionalProperties) };
      return { kind: 'json' };
    default:
      return eitherOf(schema);
  }
};

/** Texts that may be longer than this get several lines. File names and addresses stay below. */
const longText = 10_000;

const listOf = ({ items = {} }: JsonSchema): Control => {
  const shapes = shapesOf(items);
  if (shapes) return { kind: 'shapes', ...shapes };
  const item = fieldOf('', items);
  return item.kind === 'text' ? { kind: 'texts', isPath: item.isPath } : { kind: 'list', item };
};

/** The shapes of a discriminated union: objects that differ in the constant of one property. */
const shapesOf = (schema: JsonSchema): { by: string; shapes: Shape[] } | undefined => {
  const branches = schema.oneOf ?? schema.anyOf;
  if (!branches || branches.length === 0) return undefined;
  const by = Object.entries(branches[0]!.properties ?? {}).find(([, property]) => property.const !== undefined)?.[0];
  if (by === undefined || !branches.every((branch) => branch.properties?.[by]?.const !== undefined)) return undefined;
  const shapes = branches.map((branch): Shape => {
    const constant = branch.properties![by]!;
    const value = String(constant.const);
    return { value, title: constant.title ?? inWords(value), fields: fieldsOf(branch, by) };
  });
  return { by, shapes };
};

const eitherOf = (schema: JsonSchema): Control => {
  if (Array.isArray(schema.type)) return { kind: 'value' };
  const branches = schema.anyOf ?? schema.oneOf;
  if (!branches || branches.length === 0) return { kind: 'json' };
  const [only, ...others] = branches.filter(({ const: constant }) => constant !== '');
  // a text, or an empty one: "left out" in the eyes of a person
  if (only?.type === 'string' && others.length === 0)
    return controlOf(schema.widget === undefined ? only : { ...only, widget: schema.widget });
  const fields = branches.map((branch) => fieldOf('', branch));
  return fields.every(({ kind }) => kind === 'json') ? { kind: 'json' } : { kind: 'either', branches: fields };
};

const optionOf = (value: unknown, { choices }: JsonSchema): Option => ({
  value: String(value),
  title: choices?.[String(value)] ?? inWords(String(value)),
});

/** `tcp_listen` as `Tcp listen`. */
const inWords = (name: string): string => {
  const words = name.replaceAll('_', ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** Whether a field is shown, with the values (or defaults) of the fields beside it. */
export const isShown = ({ showIf }: Field, beside: readonly Field[], values: unknown): boolean => {
  if (!showIf) return true;
  const given = (values as Readonly<Record<string, unknown>> | undefined)?.[showIf.field];
  const value = given ?? beside.find(({ name }) => name === showIf.field)?.fallback;
  return showIf.is.includes(value);
};

/** A value to begin with when a list gets another entry or an entry another shape. */
export const startValue = (field: Field): unknown => {
  if (field.fallback !== undefined) return field.fallback;
  switch (field.kind) {
    case 'group':
      return startObject(field.fields);
    case 'choice':
      return field.options[0]?.value;
    case 'texts':
    case 'list':
    case 'shapes':
      return [];
    case 'map':
      return {};
    case 'switch':
      return false;
    case 'number':
      return field.schema.minimum ?? 0;
    case 'either':
      return startValue(field.branches[0]!);
    default:
      return '';
  }
};

/** An object with what it has to have; what has a default is left to it. */
export const startObject = (fields: readonly Field[]): Record<string, unknown> =>
  Object.fromEntries(
    fields
      .filter(({ isRequired, fallback }) => isRequired && fallback === undefined)
      .map((field) => [field.name, startValue(field)]),
  );
