import { Button, Group, Modal } from '@mantine/core';
import { changesBetween, type VersionSummary } from '@semstreams/contract';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { versionQuery, versionsQuery } from '../../api/flows.ts';
import { useFlowStatus } from '../../live/use-live.ts';
import { restoreFlow } from '../draft/edits.ts';
import { useEditor, useFlow } from '../editor-context.ts';
import { wordsOfSettings } from '../form/setting-in-words.ts';
import styles from './dock.module.css';

/** What was deployed, newest first. A version can be looked at and made the draft again; what runs stays as it is. */
export const VersionsTab = () => {
  const { id } = useEditor();
  const { data, error, isPending } = useQuery(versionsQuery(id));
  const running = useFlowStatus(id)?.version;
  const [looked, setLooked] = useState<number>();
  if (isPending) return <p className={styles['quiet']}>Looking…</p>;
  if (error) return <p className={styles['quiet']}>The versions are not known: {error.message}.</p>;
  if (data.length === 0) return <p className={styles['quiet']}>Nothing was deployed yet.</p>;
  return (
    <>
      <table className={styles['versions']}>
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">Deployed</th>
            <th scope="col">Note</th>
            <th scope="col">
              <span className="visually-hidden">What can be done</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {data.map((version) => (
            <VersionRow
              key={version.version}
              version={version}
              isRunning={version.version === running}
              look={() => setLooked(version.version)}
            />
          ))}
        </tbody>
      </table>
      {looked === undefined ? null : <VersionDialog version={looked} close={() => setLooked(undefined)} />}
    </>
  );
};

const VersionRow = ({
  version: { version, deployed_at, note },
  isRunning,
  look,
}: {
  version: VersionSummary;
  isRunning: boolean;
  look: () => void;
}) => (
  <tr>
    <td>
      {version}
      {isRunning ? ' · deployed' : ''}
    </td>
    <td>{new Date(deployed_at).toLocaleString('en-GB')}</td>
    <td>{note}</td>
    <td>
      <Button variant="subtle" size="compact-xs" aria-label={`Look at version ${version}`} onClick={look}>
        Look at it
      </Button>
    </td>
  </tr>
);

/** What would change in the draft if it became this version. */
const VersionDialog = ({ version, close }: { version: number; close: () => void }) => {
  const { id, types, draft } = useEditor();
  const flow = useFlow();
  const { data, error } = useQuery(versionQuery(id, version));
  const changes = data ? changesBetween(flow, data.flow, types, wordsOfSettings(types)) : [];
  return (
    <Modal opened onClose={close} title={`Version ${version}`} size="lg">
      {error ? <p>This version could not be fetched: {error.message}.</p> : null}
      {data ? (
        <>
          <p>
            {data.flow.components.length} components, deployed {new Date(data.deployed_at).toLocaleString('en-GB')}
            {data.note ? `: ${data.note}` : ''}
          </p>
          <h3>{changes.length === 0 ? 'What runs in it is as in the draft.' : 'If the draft becomes this version:'}</h3>
          <ul className={styles['look']}>
            {changes.map(({ sentence }) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
          <Group justify="flex-end" mt="md">
            <Button variant="default" onClick={close}>
              Close
            </Button>
            <Button
              data-autofocus
              onClick={() => {
                draft.getState().run(restoreFlow(data.flow, version));
                close();
              }}
            >
              Restore as the draft
            </Button>
          </Group>
        </>
      ) : null}
    </Modal>
  );
};
