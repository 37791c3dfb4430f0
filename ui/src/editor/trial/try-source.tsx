import { Button, FileButton, NativeSelect, SegmentedControl, Textarea } from '@mantine/core';
import { endpointOf } from '@semstreams/contract';
import { FileUp, RefreshCw } from 'lucide-react';
import { nameOf } from '../draft/edits.ts';
import { useConnections, useEditor, useFlow } from '../editor-context.ts';
import { useNames } from '../use-names.ts';
import { toast } from '../../design/toast.tsx';
import { exampleFor } from './example-for.ts';
import { firstAt, placesToEnter } from './places-to-enter.ts';
import type { At, Source } from './trying.ts';
import styles from './try-tab.module.css';
import { useTrying, useTryState } from './use-trying.ts';
import { useSeenConnections } from '../seen/use-seen.ts';

const kinds = [
  { value: 'seen', label: 'Messages seen here' },
  { value: 'typed', label: 'Type messages' },
  { value: 'file', label: 'From a file' },
];

/** Larger files are not read whole: their beginning is enough. In bytes. */
const mostBytes = 1024 ** 2;

/** Where the messages come from that the draft is tried with. */
export const TrySource = () => {
  const trying = useTrying();
  const editor = useEditor();
  const flow = useFlow();
  const connections = useConnections();
  const seen = useSeenConnections();
  const { source, at } = useTryState();
  const enter = at ?? firstAt(flow, editor.types);
  const choose = (kind: string): void => {
    const first = connections.find(({ from }) => seen.some((each) => each.from === endpointOf(from))) ?? connections[0];
    if (kind === 'seen' && first)
      trying.choose({ kind, from: endpointOf(first.from), to: endpointOf(first.to) }, first.to);
    else if (kind === 'typed')
      trying.choose({ kind, text: exampleFor({ flow, at: enter, types: editor.types, seen }) }, enter);
    else if (kind === 'seen') toast({ sentence: 'Connect two components first: then messages can come by' });
  };
  return (
    <div className={styles['source']}>
      <div className={styles['bar']}>
        <SegmentedControl
          aria-label="Messages to try with"
          size="xs"
          data={kinds.filter(({ value }) => value !== 'file')}
          value={source?.kind ?? ''}
          onChange={choose}
        />
        <OpenFile read={(file) => trying.choose(file, enter)} isChosen={source?.kind === 'file'} />
        {source?.kind === 'seen' ? <SeenChoice source={source} /> : null}
        {source !== undefined && source.kind !== 'seen' ? <EnterChoice source={source} at={enter} /> : null}
        {source?.kind === 'file' ? <span className={styles['file']}>{source.name}</span> : null}
      </div>
      {source?.kind === 'typed' ? (
        <Textarea
          label="Messages, as JSON"
          description="One on each line, or one alone."
          value={source.text}
          autosize
          minRows={2}
          maxRows={6}
          spellCheck={false}
          classNames={{ input: styles['typed']! }}
          onChange={({ currentTarget }) => trying.choose({ kind: 'typed', text: currentTarget.value }, enter)}
        />
      ) : null}
    </div>
  );
};

const OpenFile = ({ read, isChosen }: { read: (source: Source) => void; isChosen: boolean }) => (
  <FileButton
    onChange={(file) => {
      if (!file) return;
      file
        .slice(0, mostBytes)
        .text()
        .then(
          (text) => read({ kind: 'file', name: file.name, text: wholeLines(text, file.size > mostBytes) }),
          () => toast({ sentence: `“${file.name}” cannot be read` }),
        );
    }}
  >
    {(props) => (
      <Button
        {...props}
        variant={isChosen ? 'light' : 'default'}
        size="compact-sm"
        leftSection={<FileUp size={13} aria-hidden />}
      >
        From a file…
      </Button>
    )}
  </FileButton>
);

/** The last line of a file that was read in part is none. */
const wholeLines = (text: string, isPart: boolean): string => (isPart ? text.slice(0, text.lastIndexOf('\n')) : text);

const SeenChoice = ({ source }: { source: Extract<Source, { kind: 'seen' }> }) => {
  const trying = useTrying();
  const connections = useConnections();
  const names = useNames();
  return (
    <>
      <NativeSelect
        aria-label="Seen at"
        size="xs"
        value={`${source.from} ${source.to}`}
        data={connections.map(({ key, from, to }) => ({ value: key, label: `${names(from)} → ${names(to)}` }))}
        onChange={({ currentTarget }) => {
          const found = connections.find(({ key }) => key === currentTarget.value);
          if (found) trying.choose({ kind: 'seen', from: endpointOf(found.from), to: endpointOf(found.to) }, found.to);
        }}
      />
      <Button
        variant="default"
        size="compact-sm"
        leftSection={<RefreshCw size={13} aria-hidden />}
        onClick={() => trying.takeNewer()}
      >
        Take newer ones
      </Button>
    </>
  );
};

const EnterChoice = ({ source, at }: { source: Source; at: At | undefined }) => {
  const trying = useTrying();
  const { types } = useEditor();
  const flow = useFlow();
  const places = placesToEnter(flow, types);
  const valueOf = ({ component, port = '' }: At): string => `${component} ${port}`;
  return (
    <NativeSelect
      aria-label="They enter"
      size="xs"
      value={at ? valueOf(at) : ''}
      data={places.map((place) => {
        const component = flow.components.find(({ id }) => id === place.component)!;
        return {
          value: valueOf(place),
          label: `${place.isBehind ? 'behind' : 'into'} ${nameOf(component)}${place.isOne ? '' : ` (${place.port})`}`,
        };
      })}
      onChange={({ currentTarget }) => {
        const found = places.find((place) => valueOf(place) === currentTarget.value);
        if (found) trying.choose(source, { component: found.component, port: found.port });
      }}
    />
  );
};
