import {
  type Component,
  type ComponentType,
  type Flow,
  type PortPlace,
  portsOfComponent,
  type Position,
  refusal,
} from '@semstreams/contract';
import { announce } from '../shell/announcements.ts';
import { copyParts, type CopiedParts, renamedParts } from './draft/copied-parts.ts';
import type { DraftConnection } from './draft/connections.ts';
import {
  addComponent,
  addConnected,
  addParts,
  configure,
  connect,
  insertInto,
  move,
  nameOf,
  newComponent,
  remove,
  withOwnFile,
} from './draft/edits.ts';
import { freePlace, cardSize, placeBehind, placeForNew, placesOf } from './draft/places.ts';
import type { Editor } from './editor-context.ts';
import { onlyComponent } from './view-store.ts';

/** A component as a person finds it when it was added. */
const startOf = (flow: Flow, { type, title, category, config_schema: schema }: ComponentType): Component => {
  const component = newComponent(flow, type, title);
  return category === 'output' ? withOwnFile(component, flow.id, schema) : component;
};

/** Adds a component where it was dropped, or where the next one belongs, and chooses it. */
export const addType = ({ draft, view, types }: Editor, added: ComponentType, at?: Position): void => {
  const { flow, run } = draft.getState();
  const { type } = added;
  const component = startOf(flow, added);
  const behind = onlyComponent(view.getState());
  run(addComponent(component, at ?? placeForNew(flow, placesOf(flow, types), type, { behind, types }), types));
  view.getState().open(component.id);
  announce(`“${nameOf(component)}” is added`);
};

/** Adds a component behind an output port, connected to it. */
export const addBehind = (
  { draft, view, types }: Editor,
  added: ComponentType,
  given: { readonly from: PortPlace; readonly port: string; readonly place?: Position | undefined },
): void => {
  const { flow, run } = draft.getState();
  const component = startOf(flow, added);
  const places = placesOf(flow, types);
  const wished = given.place ?? placeBehind(places[given.from.component] ?? { x: 0, y: 0 });
  const at = freePlace(flow, places, wished, cardSize(component, types), types);
  run(addConnected({ component, port: given.port, at }, given.from, types));
  view.getState().open(component.id);
  announce(`“${nameOf(component)}” is added and connected`);
};

const filterType = 'json_filter';

/**
 * Puts a filter by a field behind what comes by at a connection: another rule of the filter that it leads to, else a filter of
 * its own in the connection. Undefined where raw bytes flow.
 */
export const filterByField = (
  { draft, view, types }: Editor,
  { key, from, to }: DraftConnection,
): ((field: string) => void) | undefined => {
  const type = types.get(filterType);
  const { flow, run } = draft.getState();
  const [sender, receiver] = [from, to].map(({ component }) => flow.components.find(({ id }) => id === component));
  const kinds = [portsOfComponent(sender, types)[from.port]?.kind, portsOfComponent(receiver, types)[to.port]?.kind];
  if (!type || !receiver || kinds.includes('bytes') || kinds.includes(undefined)) return undefined;
  return (field) => {
    const rule = { field, operator: 'exists' };
    if (receiver.type === filterType) {
      const rules = Array.isArray(receiver.config?.['rules']) ? receiver.config['rules'] : [];
      run(configure(receiver, ['rules'], [...(rules as unknown[]), rule], 'Rules'));
      view.getState().open(receiver.id, { field: `rules[${rules.length}].operator` });
      return;
    }
    const component = { ...newComponent(flow, filterType, type.title), config: { rules: [rule] } };
    const places = placesOf(flow, types);
    const [one, other] = [places[from.component], places[to.component]];
    const between = one && other ? { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 } : (one ?? { x: 0, y: 0 });
    const at = freePlace(flow, places, between, cardSize(component, types), types);
    run(insertInto(key, { component, at }, types));
    view.getState().open(component.id, { field: 'rules[0].operator' });
    announce(`“${nameOf(component)}” is added and connected`);
  };
};

/** Connects two ports, or says why they cannot be connected. */
export const connectPorts = ({ draft, types }: Editor, from: PortPlace, to: PortPlace): string | undefined => {
  const { flow, run } = draft.getState();
  const refused = refusal(flow, types, from, to);
  if (refused === undefined) run(connect(from, to, types));
  announce(refused ?? 'Connected');
  return refused;
};

export const removeChosen = ({ draft, view, types }: Editor): void => {
  const { components, connections, select } = view.getState();
  const { flow, run } = draft.getState();
  const gone = flow.components.filter(({ id }) => components.has(id));
  if (gone.length === 0 && connections.size === 0) return;
  const what =
    gone.length === 1 ? `“${nameOf(gone[0]!)}”` : gone.length > 1 ? `${gone.length} components` : 'a connection';
  run(remove({ components: [...components], connections: [...connections] }, `Delete ${what}`, types));
  select([]);
  announce(`Deleted ${what}`);
};

/** What lays out well is large, so it comes when it is asked for. */
export const tidy = async ({ draft, types }: Editor): Promise<void> => {
  const { tidyPlaces } = await import('./draft/tidy.ts');
  const { flow, run } = draft.getState();
  run(move(tidyPlaces(flow, types), 'Tidy up'));
  announce('Tidied up');
};

/** The chosen components as text for the clipboard; nothing where none is chosen. */
export const copiedText = ({ draft, view, types }: Editor): string | undefined => {
  const { components } = view.getState();
  const { flow } = draft.getState();
  if (components.size === 0) return undefined;
  return JSON.stringify(copyParts(flow, components, placesOf(flow, types), types), null, 2);
};

const pasteOffset = { x: 40, y: 40 } as const;

export const paste = (editor: Editor, parts: CopiedParts, title = 'Paste'): void => {
  const { draft, view, types } = editor;
  const { flow, run } = draft.getState();
  const renamed = renamedParts(flow, parts, pasteOffset);
  run(addParts(renamed, renamed.places, { title, types }));
  view.getState().select(renamed.components.map(({ id }) => id));
  announce(`${renamed.components.length} components are added`);
};

export const duplicateChosen = (editor: Editor): void => {
  const { draft, view, types } = editor;
  const { components } = view.getState();
  const { flow } = draft.getState();
  if (components.size > 0) paste(editor, copyParts(flow, components, placesOf(flow, types), types), 'Duplicate');
};

export const chooseAll = ({ draft, view }: Editor): void =>
  view.getState().select(draft.getState().flow.components.map(({ id }) => id));

export const undo = ({ draft }: Editor): void => {
  const title = draft.getState().past.at(-1)?.title;
  draft.getState().undo();
  if (title) announce(`Undone: ${title}`);
};

export const redo = ({ draft }: Editor): void => {
  const title = draft.getState().future.at(-1)?.title;
  draft.getState().redo();
  if (title) announce(`Done again: ${title}`);
};
