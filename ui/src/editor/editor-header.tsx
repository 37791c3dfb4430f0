import { ActionIcon, Button, Tooltip } from '@mantine/core';
import {
  CircleAlert,
  Info,
  ListTree,
  Pencil,
  Play,
  Plus,
  Redo2,
  Square,
  TriangleAlert,
  Undo2,
  Workflow,
} from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { startFlow, stopFlow } from '../api/flows.ts';
import { useFlowStatus } from '../live/use-live.ts';
import { redo, undo } from './actions.ts';
import { useTelling } from './deploy/use-telling.ts';
import { renameFlow } from './draft/edits.ts';
import {
  useCheckState,
  useDraft,
  useEditor,
  useFindings,
  useProblemCount,
  useFlow,
  useView,
} from './editor-context.ts';
import styles from './editor-header.module.css';
import { FlowFacts } from './flow-facts.tsx';

/** Which flow it is and how it is, and what can be done about that. */
export const EditorHeader = () => {
  const { view } = useEditor();
  return (
    <header className={styles['header']}>
      <div className={styles['title']}>
        <nav aria-label="Where this is" className={styles['where']}>
          <Link to="/">Flows</Link>
          <span aria-hidden>›</span>
        </nav>
        <FlowName />
        <About />
      </div>
      <FlowFacts />
      <div className={styles['actions']}>
        <Problems />
        <PaletteSwitch />
        <History />
        <ModeSwitch />
        <StartStop />
        <Button onClick={() => view.getState().show({ dialog: { kind: 'deploy' } })}>Deploy</Button>
      </div>
    </header>
  );
};

const FlowName = () => {
  const { draft } = useEditor();
  const { name } = useFlow();
  const [typed, setTyped] = useState<string>();
  const finish = (): void => {
    const wanted = typed?.trim() ?? '';
    if (wanted !== '' && wanted !== name) draft.getState().run(renameFlow(wanted));
    setTyped(undefined);
  };
  if (typed === undefined)
    return (
      <h1 className={styles['name']}>
        <button type="button" title="Rename the flow" onClick={() => setTyped(name)}>
          <span className={styles['text']}>{name}</span>
          <Pencil size={12} aria-hidden />
          <span className="visually-hidden">, rename</span>
        </button>
      </h1>
    );
  return (
    <h1 className={styles['name']}>
      <input
        autoFocus
        aria-label="Name of the flow"
        maxLength={120}
        size={Math.max(12, typed.length)}
        value={typed}
        onFocus={({ currentTarget }) => currentTarget.select()}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        onBlur={finish}
        onKeyDown={(event) => {
          if (event.key === 'Enter') finish();
          if (event.key === 'Escape') setTyped(undefined);
        }}
      />
    </h1>
  );
};

const About = () => {
  const { view } = useEditor();
  const isAbout = useView((present) => present.isAbout && present.components.size + present.connections.size === 0);
  return (
    <Tooltip label="About this flow">
      <ActionIcon
        aria-label="About this flow"
        aria-pressed={isAbout}
        size="sm"
        onClick={() => {
          view.getState().select([]);
          view.getState().show({ isAbout: !isAbout });
        }}
      >
        <Info size={15} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
};

const Problems = () => {
  const { view } = useEditor();
  const state = useCheckState();
  const findings = useFindings();
  const count = useProblemCount();
  const isWrong = findings.some(({ severity }) => severity === 'error');
  const show = () => view.getState().show({ dock: 'problems' });
  if (state.kind === 'unchecked')
    return (
      <button type="button" className={styles['problems']} data-tone="warn" title={state.sentence} onClick={show}>
        <TriangleAlert size={14} aria-hidden />
        Could not check
      </button>
    );
  if (count === 0) return null;
  const word = count === 1 ? 'problem' : 'problems';
  return (
    <button
      type="button"
      className={styles['problems']}
      data-tone={isWrong ? 'bad' : 'warn'}
      aria-label={`${count} ${word}`}
      onClick={show}
    >
      {isWrong ? <CircleAlert size={14} aria-hidden /> : <TriangleAlert size={14} aria-hidden />}
      {count} <span className={styles['word']}>{word}</span>
    </button>
  );
};

/** Where the screen is too narrow for the palette beside the canvas, this brings it and puts it away. */
const PaletteSwitch = () => {
  const { view } = useEditor();
  const isPaletteOpen = useView((present) => present.isPaletteOpen);
  return (
    <ActionIcon
      className={styles['narrow']!}
      aria-label="Add a component"
      aria-expanded={isPaletteOpen}
      variant={isPaletteOpen ? 'light' : 'subtle'}
      onClick={() => view.getState().show({ isPaletteOpen: !isPaletteOpen })}
    >
      <Plus size={17} aria-hidden />
    </ActionIcon>
  );
};

const History = () => {
  const editor = useEditor();
  const last = useDraft(({ past }) => past.at(-1)?.title);
  const next = useDraft(({ future }) => future.at(-1)?.title);
  return (
    <span className={styles['group']}>
      <Tooltip label={last ? `Undo: ${last}` : 'Nothing to undo'}>
        <ActionIcon aria-label="Undo" aria-keyshortcuts="Control+Z" disabled={!last} onClick={() => undo(editor)}>
          <Undo2 size={16} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={next ? `Redo: ${next}` : 'Nothing to redo'}>
        <ActionIcon aria-label="Redo" aria-keyshortcuts="Control+Y" disabled={!next} onClick={() => redo(editor)}>
          <Redo2 size={16} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </span>
  );
};

const ModeSwitch = () => {
  const { view } = useEditor();
  const isOutline = useView((present) => present.isOutline);
  return (
    <Tooltip label={isOutline ? 'Show the canvas' : 'Show the outline: the flow as a table, for the keyboard'}>
      <ActionIcon
        aria-label="Outline"
        aria-pressed={isOutline}
        variant={isOutline ? 'light' : 'subtle'}
        onClick={() => view.getState().show({ isOutline: !isOutline })}
      >
        {isOutline ? <Workflow size={16} aria-hidden /> : <ListTree size={16} aria-hidden />}
      </ActionIcon>
    </Tooltip>
  );
};

const StartStop = () => {
  const { id } = useEditor();
  const status = useFlowStatus(id);
  const { isBusy, tell } = useTelling();
  if (!status || status.version === 0) return null;
  const isWanted = status.desired === 'running';
  const Icon = isWanted ? Square : Play;
  return (
    <Button
      variant="default"
      loading={isBusy}
      leftSection={<Icon size={12} aria-hidden />}
      onClick={() => void (isWanted ? tell(() => stopFlow(id), 'stopped') : tell(() => startFlow(id), 'started'))}
    >
      {isWanted ? 'Stop' : 'Start'}
    </Button>
  );
};
