import type { ComponentType, SettingWords } from '@semstreams/contract';
import type { ConfigPath } from '../draft/config-path.ts';
import { type Field, fieldsOf, type JsonSchema } from './fields.ts';

/** A place in a config as its form calls it: `rules[0].operator` is "Rule 1, Is". Undefined for what the form does not know. */
export const settingInWords = (schema: JsonSchema, path: ConfigPath): string | undefined => {
  const words: string[] = [];
  let fields: readonly Field[] = fieldsOf(schema);
  let list: Field | undefined;
  for (const key of path) {
    if (typeof key === 'number') {
      const title = words.pop() ?? '';
      words.push(`${title.replace(/s$/, '')} ${key + 1}`);
      fields = list ? innerOf(list) : [];
      continue;
    }
    const field = fields.find(({ name }) => name === key);
    if (!field) return words.length > 0 ? words.join(', ') : undefined;
    words.push(field.title);
    list = field;
    fields = innerOf(field);
  }
  return words.join(', ') || undefined;
};

/** The words of forms for the settings of all types. */
export const wordsOfSettings =
  (types: ReadonlyMap<string, ComponentType>): SettingWords =>
  ({ type }, path) => {
    const schema = types.get(type)?.config_schema;
    return schema && settingInWords(schema as JsonSchema, path);
  };

const innerOf = (field: Field): readonly Field[] => {
  switch (field.kind) {
    case 'group':
      return field.fields;
    case 'list':
      return innerOf(field.item);
    case 'shapes':
      return field.shapes.flatMap(({ fields }) => fields);
    case 'either':
      return field.branches.flatMap(innerOf);
    default:
      return [];
  }
};
