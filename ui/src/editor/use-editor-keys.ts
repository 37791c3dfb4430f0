import { useHotkeys } from '@mantine/hooks';
import { type RefObject, useEffect, useRef } from 'react';
import { chooseAll, copiedText, duplicateChosen, paste, redo, removeChosen, undo } from './actions.ts';
import { parseCopied } from './draft/copied-parts.ts';
import type { Editor } from './editor-context.ts';
import { onlyComponent } from './view-store.ts';

/** The keys of the editor. None of them acts while somebody types or while something stands above the editor. */
export const useEditorKeys = (editor: Editor, searchPalette: () => void): void => {
  const { view } = editor;
  const isLayered = useLayerAtKeyDown(editor);
  const free = (run: () => void) => () => {
    if (!isLayered.current) run();
  };
  useHotkeys([
    ['mod+Z', free(() => undo(editor))],
    ['mod+shift+Z', free(() => redo(editor))],
    ['mod+Y', free(() => redo(editor))],
    ['mod+A', free(() => chooseAll(editor))],
    ['mod+D', free(() => duplicateChosen(editor))],
    ['/', free(searchPalette)],
    ['O', free(() => view.getState().show({ isOutline: !view.getState().isOutline }))],
    ['C', free(() => connectChosen(editor))],
    ['Escape', free(() => view.getState().select([])), { preventDefault: false }],
  ]);
  useClipboard(editor);
};

/** Whether a layer was there when the key went down: by the time that keys arrive here, Escape has closed it already. */
const useLayerAtKeyDown = (editor: Editor): RefObject<boolean> => {
  const isLayered = useRef(false);
  useEffect(() => {
    const look = (): void => void (isLayered.current = hasLayer(editor));
    window.addEventListener('keydown', look, { capture: true });
    return () => window.removeEventListener('keydown', look, { capture: true });
  }, [editor]);
  return isLayered;
};

const connectChosen = ({ view }: Editor): void => {
  const from = onlyComponent(view.getState());
  view.getState().show({ dialog: { kind: 'connect', ...(from === undefined ? {} : { from }) } });
};

/** Dialogs, menus and lists above the page take Escape and all other keys for themselves. */
const hasLayer = ({ view }: Editor): boolean => {
  const { dialog, choosing } = view.getState();
  return (
    dialog !== undefined ||
    choosing !== undefined ||
    document.querySelector('[role="dialog"], [role="menu"], [role="listbox"]:not([hidden])') !== null
  );
};

/** Copying by the browser's own events: they work without a secure origin, and across tabs and flows. */
const useClipboard = (editor: Editor): void => {
  useEffect(() => {
    const put = (event: ClipboardEvent): boolean => {
      if (isTyping(event.target) || hasLayer(editor) || hasMarkedText()) return false;
      const text = copiedText(editor);
      if (text === undefined || !event.clipboardData) return false;
      event.clipboardData.setData('text/plain', text);
      event.preventDefault();
      return true;
    };
    const onCopy = (event: ClipboardEvent): void => void put(event);
    const onCut = (event: ClipboardEvent): void => {
      if (put(event)) removeChosen(editor);
    };
    const onPaste = (event: ClipboardEvent): void => {
      if (isTyping(event.target) || hasLayer(editor)) return;
      const parts = parseCopied(event.clipboardData?.getData('text/plain') ?? '');
      if (!parts) return;
      event.preventDefault();
      paste(editor, parts);
    };
    document.addEventListener('copy', onCopy);
    document.addEventListener('cut', onCut);
    document.addEventListener('paste', onPaste);
    return () => {
      document.removeEventListener('copy', onCopy);
      document.removeEventListener('cut', onCut);
      document.removeEventListener('paste', onPaste);
    };
  }, [editor]);
};

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));

const hasMarkedText = (): boolean => (getSelection()?.toString() ?? '') !== '';
