import type { PortPlace } from '@semstreams/contract';
import { createStore, type StoreApi } from 'zustand/vanilla';

export type InspectorTab = 'settings' | 'ports' | 'live' | 'help';
export type DockTab = 'problems' | 'messages' | 'try' | 'versions';

/** What stands above the editor and takes the keys. Only one at a time. */
export type Dialog = { readonly kind: 'connect'; readonly from?: string } | { readonly kind: 'deploy' };

/** An output port that gets another component behind it, with the point of the page where the choice opens. */
export interface Choosing {
  readonly from: PortPlace;
  readonly at: { readonly x: number; readonly y: number };
  /** Where the new component goes on the canvas, if it was said. */
  readonly place?: { readonly x: number; readonly y: number };
}

/** What the page shows of the flow: nothing of it is in the document, and nothing of it can be undone. */
export interface View {
  readonly components: ReadonlySet<string>;
  readonly connections: ReadonlySet<string>;
  readonly tab: InspectorTab;
  readonly dock: DockTab | undefined;
  readonly isOutline: boolean;
  /** Whether the palette covers the canvas of a narrow screen; a wide one has room for both. */
  readonly isPaletteOpen: boolean;
  /** Whether the inspector shows the flow itself while nothing in it is chosen. */
  readonly isAbout: boolean;
  readonly dialog: Dialog | undefined;
  readonly choosing: Choosing | undefined;
  /** A field of the chosen component that has to get the focus, once for each object. */
  readonly focus: { readonly field: string | undefined } | undefined;
  /** A component that has to come into sight, once for each object. */
  readonly reveal: { readonly component: string } | undefined;

  readonly select: (components: Iterable<string>, connections?: Iterable<string>) => void;
  /** Chooses a component, brings it into sight and, where a field is named, puts the cursor there. */
  readonly open: (
    component: string,
    given?: { readonly tab?: InspectorTab; readonly field?: string | undefined },
  ) => void;
  readonly show: (
    changes: Partial<Pick<View, 'tab' | 'dock' | 'isOutline' | 'isPaletteOpen' | 'dialog' | 'choosing' | 'isAbout'>>,
  ) => void;
}

export type ViewStore = StoreApi<View>;

export const createView = (): ViewStore =>
  createStore<View>()((set) => ({
    components: new Set(),
    connections: new Set(),
    tab: 'settings',
    dock: undefined,
    isOutline: false,
    isPaletteOpen: false,
    dialog: undefined,
    choosing: undefined,
    focus: undefined,
    reveal: undefined,
    isAbout: false,
    select: (components, connections = []) =>
      set({ components: new Set(components), connections: new Set(connections), focus: undefined }),
    open: (component, { tab = 'settings', field } = {}) =>
      set({
        components: new Set([component]),
        connections: new Set(),
        tab,
        reveal: { component },
        focus: field === undefined ? undefined : { field },
      }),
    show: (changes) => set(changes),
  }));

/** What is no more is not chosen either: an undo takes away what was just added. */
export const forgetGone = (view: ViewStore, isThere: (component: string) => boolean): void => {
  const { components, connections, select } = view.getState();
  const left = [...components].filter(isThere);
  if (left.length < components.size) select(left, connections);
};

/** The only chosen component, or nothing where there is none or several. */
export const onlyComponent = ({ components, connections }: View): string | undefined =>
  components.size === 1 && connections.size === 0 ? [...components][0] : undefined;
