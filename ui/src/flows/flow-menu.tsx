import { ActionIcon, Menu } from '@mantine/core';
import type { FlowOverview, FlowSummary } from '@semstreams/contract';
import {
  ArchiveRestore,
  ChartLine,
  Copy,
  Download,
  EllipsisVertical,
  FolderOpen,
  MailX,
  Play,
  Rocket,
  SquarePen,
  Trash2,
} from 'lucide-react';
import { type ComponentProps, useEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import { deployFlow, lostByRemoval, startFlow } from '../api/flows.ts';
import type { Action } from '../design/use-action.ts';
import { DeleteDialog } from './delete-dialog.tsx';
import { duplicateFlow, exportFlow, removeWithUndo, restoreDraft } from './flow-actions.ts';

interface FlowMenuProps {
  readonly flow: FlowSummary;
  readonly overview: FlowOverview | undefined;
  readonly action: Action;
  readonly onRename: (flow: FlowSummary) => void;
}

/** What else can be done with a flow. Long lists stay quick: the menu itself is made when it is opened for the first time. */
export const FlowMenu = (props: FlowMenuProps) => {
  const [isMade, setMade] = useState(false);
  return isMade ? <MadeMenu {...props} /> : <MenuButton flow={props.flow} onClick={() => setMade(true)} />;
};

const MenuButton = ({ flow, ...rest }: { flow: FlowSummary } & ComponentProps<typeof ActionIcon<'button'>>) => (
  <ActionIcon size="lg" aria-label={`More for ${flow.name}`} aria-haspopup="menu" {...rest}>
    <EllipsisVertical size={16} aria-hidden />
  </ActionIcon>
);

const MadeMenu = ({ flow, overview, action, onRename }: FlowMenuProps) => {
  const { id, name } = flow;
  const runs = overview?.desired === 'running';
  const act = (what: () => Promise<unknown>) => () => void action.act(what);
  const button = useRef<HTMLButtonElement>(null);
  const [isOpened, setOpened] = useState(false);
  // the button that was pressed is gone: this one takes its place before the menu opens, and gets the focus back after it
  useEffect(() => {
    button.current?.focus();
    setOpened(true);
  }, []);
  const [lost, setLost] = useState<readonly string[]>();
  return (
    <>
      {lost === undefined ? null : (
        <DeleteDialog
          name={name}
          runs={runs}
          lost={lost}
          onCancel={() => setLost(undefined)}
          onDelete={() => {
            setLost(undefined);
            void action.act(() => removeWithUndo(flow, runs));
          }}
        />
      )}
      <Menu position="bottom-end" opened={isOpened} onChange={setOpened}>
        <Menu.Target>
          <MenuButton flow={flow} ref={button} />
        </Menu.Target>
        <Menu.Dropdown>
          {flow.damaged === undefined ? <DraftItems flow={flow} act={act} onRename={onRename} /> : null}
          {flow.damaged === undefined ? null : (
            <Menu.Item leftSection={<ArchiveRestore size={15} />} onClick={act(() => restoreDraft(id))}>
              Restore what was deployed
            </Menu.Item>
          )}
          {overview?.observed === 'failed' ? (
            <Menu.Item leftSection={<Play size={15} />} onClick={act(() => startFlow(id))}>
              Start again now
            </Menu.Item>
          ) : null}
          <Menu.Item component={Link} to={`/flows/${id}/history`} leftSection={<ChartLine size={15} />}>
            How it went
          </Menu.Item>
          <Menu.Item component={Link} to={`/flows/${id}/dead-letters`} leftSection={<MailX size={15} />}>
            Dead letters
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            color="bad"
            leftSection={<Trash2 size={15} />}
            onClick={act(async () => {
              const found = await lostByRemoval(id);
              if (runs || found.length > 0) setLost(found);
              else await removeWithUndo(flow, runs);
            })}
            aria-label={`${runs ? 'Stop and delete' : 'Delete'} ${name}`}
          >
            {runs ? 'Stop and delete' : 'Delete'}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
};

/** What can be done with a draft that can be read. */
const DraftItems = ({
  flow,
  act,
  onRename,
}: {
  flow: FlowSummary;
  act: (what: () => Promise<unknown>) => () => void;
  onRename: (flow: FlowSummary) => void;
}) => {
  const { id } = flow;
  return (
    <>
      <Menu.Item component={Link} to={`/flows/${id}`} leftSection={<FolderOpen size={15} />}>
        Open
      </Menu.Item>
      {flow.changed && flow.deployed_version !== undefined ? (
        <Menu.Item leftSection={<Rocket size={15} />} onClick={act(() => deployFlow(id))}>
          Deploy the changes
        </Menu.Item>
      ) : null}
      <Menu.Item leftSection={<SquarePen size={15} />} onClick={() => onRename(flow)}>
        Rename…
      </Menu.Item>
      <Menu.Item leftSection={<Copy size={15} />} onClick={act(() => duplicateFlow(id))}>
        Duplicate
      </Menu.Item>
      <Menu.Item leftSection={<Download size={15} />} onClick={act(() => exportFlow(id))}>
        Export
      </Menu.Item>
    </>
  );
};
