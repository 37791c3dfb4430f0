import './editor-styles.css';
import { Suspense, useEffect, useRef } from 'react';
import { flushSync } from 'react-dom';
import { useParams, useSearchParams } from 'react-router';
import { Page, useDocumentTitle } from '../design/page.tsx';
import { FlowCanvas } from './canvas/flow-canvas.tsx';
import { Dock } from './dock/dock.tsx';
import { type Editor, EditorContext, useFlow, useView } from './editor-context.ts';
import { EditorHeader } from './editor-header.tsx';
import styles from './editor-page.module.css';
import { useFlowStatus } from '../live/use-live.ts';
import { Inspector } from './inspector/inspector.tsx';
import { bringTheRest, ConflictDialog, ConnectDialog, DeployDialog, Outline } from './later.tsx';
import { openNotice } from './live/open-notice.ts';
import { ChooseNext } from './palette/choose-next.tsx';
import { Palette } from './palette/palette.tsx';
import { WatchSeen } from './seen/use-seen.ts';
import { SaveBanner } from './save-banner.tsx';
import { useEditorKeys } from './use-editor-keys.ts';
import { Refused } from './refused.tsx';
import { useEditorSession } from './use-editor-session.ts';

/**
 * The editor of one flow. What tests and screen readers find it by: palette items are buttons named by their title, in
 * the complementary region "Components"; a card on the canvas is a group whose name begins with the component's name;
 * ports carry `data-component` and `data-port`; settings are labelled by their title; the header has the buttons Undo,
 * Redo, Outline, Start or Stop, and Deploy; the outline does without a mouse what the canvas does with one.
 */
export const EditorPage = () => {
  const { id = '' } = useParams();
  const { session, again } = useEditorSession(id);
  if (session.kind === 'open')
    return (
      <EditorContext value={session.editor}>
        <OpenEditor key={session.editor.id} editor={session.editor} />
      </EditorContext>
    );
  if (session.kind === 'opening') return <Page title="Opening…">{null}</Page>;
  return <Refused id={id} session={session} again={again} />;
};

const OpenEditor = ({ editor }: { editor: Editor }) => {
  const { name } = useFlow();
  const isOutline = useView((view) => view.isOutline);
  const isPaletteOpen = useView((view) => view.isPaletteOpen);
  const search = useRef<HTMLInputElement>(null);
  const searchPalette = (): void => {
    const isHidden = search.current?.checkVisibility() === false;
    if (isHidden) flushSync(() => editor.view.getState().show({ isPaletteOpen: true }));
    search.current?.focus();
  };
  useDocumentTitle(name);
  useEditorKeys(editor, searchPalette);
  useAskedComponent(editor);
  useEffect(() => void bringTheRest(), []);
  return (
    <div className={styles['editor']}>
      <EditorHeader />
      <div className={styles['banners']}>
        <SaveBanner />
      </div>
      <div className={styles['palette']} data-open={isPaletteOpen}>
        <Palette searchRef={search} />
      </div>
      <div className={styles['canvas']}>
        {isOutline ? (
          <Suspense>
            <Outline searchPalette={searchPalette} />
          </Suspense>
        ) : (
          <FlowCanvas />
        )}
      </div>
      <Inspector />
      <Dock />
      <ChooseNext />
      <Suspense>
        <Dialogs />
        <ConflictDialog />
      </Suspense>
      <WatchSeen />
    </div>
  );
};

/**
 * An address such as `/flows/climb?component=control-room` opens with that component and what it does now; with `mend`, at
 * the setting by which what is wrong with it can be mended.
 */
const useAskedComponent = (editor: Editor): void => {
  const { id, draft, view } = editor;
  const [parameters] = useSearchParams();
  const asked = parameters.get('component');
  const isMending = parameters.has('mend');
  const notice = useFlowStatus(id)?.notices.find(({ component }) => component === asked);
  const told = useRef<string>(undefined);
  useEffect(() => {
    if (asked === null || !draft.getState().flow.components.some((component) => component.id === asked)) return;
    if (isMending && notice && told.current !== asked) {
      told.current = asked;
      openNotice(editor, notice);
    } else if (told.current === undefined) view.getState().open(asked, { tab: isMending ? 'settings' : 'live' });
  }, [asked, isMending, notice, editor, draft, view]);
};

const Dialogs = () => {
  const dialog = useView((view) => view.dialog);
  const show = useView((view) => view.show);
  const close = () => show({ dialog: undefined });
  if (dialog?.kind === 'connect') return <ConnectDialog from={dialog.from} close={close} />;
  if (dialog?.kind === 'deploy') return <DeployDialog close={close} />;
  return null;
};
