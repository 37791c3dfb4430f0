import { fieldsNamed, type Notice, placeOf } from '@semstreams/contract';
import type { Editor } from '../editor-context.ts';
import type { JsonSchema } from '../form/fields.ts';
import { settingMeant } from './setting-meant.ts';

/** Opens a component at the setting by which what is noticed can be mended, as far as that can be told. */
export const openNotice = ({ draft, types, view }: Editor, { component, kind, sentence }: Notice): void => {
  const placed = draft.getState().flow.components.find(({ id }) => id === component);
  if (!placed) return;
  const { config = {} } = placed;
  const schema = (types.get(placed.type)?.config_schema ?? {}) as JsonSchema;
  const meant =
    kind === 'passes_nothing' ? fieldMeant(schema, config, sentence) : settingMeant(schema, config, sentence);
  view.getState().open(component, { tab: 'settings', field: meant ?? '' });
};

/** Of what lets nothing through, the setting that names the field in question, else the first that names one. */
const fieldMeant = (schema: JsonSchema, config: unknown, sentence: string): string | undefined => {
  const { read } = fieldsNamed(schema, config);
  const meant = read.find(({ name }) => sentence.includes(`"${name}"`)) ?? read[0];
  return meant && placeOf(meant.place);
};
