import { Button, SegmentedControl, type MantineColorScheme, useMantineColorScheme } from '@mantine/core';
import type { Session, System } from '@semstreams/contract';
import { useQuery } from '@tanstack/react-query';
import { ExternalLink } from 'lucide-react';
import type { ReactNode } from 'react';
import { AccessSections } from '../access/access-section.tsx';
import { sessionQuery } from '../api/access.ts';
import { flowsQuery } from '../api/flows.ts';
import { systemQuery } from '../api/system.ts';
import { formatBytes, formatMoment, formatSpan, formatTimeToSecond } from '../design/format.ts';
import { LoadFailure } from '../design/load-failure.tsx';
import { Page } from '../design/page.tsx';
import { headlineOf } from '../flows/headline.ts';
import type { LineState } from '../live/live-state.ts';
import { useLineState, useOverview, useStaleSince } from '../live/use-live.ts';
import { themes } from '../shell/theme-menu.tsx';
import { BackupSection } from './backup-section.tsx';
import { Licences } from './licences.tsx';
import { Section } from './section.tsx';
import styles from './settings.module.css';

/** How often the facts about the installation are asked for, in milliseconds. */
const systemMs = 5000;

export const SettingsPage = () => {
  const { data: system, error, refetch } = useQuery({ ...systemQuery, refetchInterval: systemMs });
  const { data: session } = useQuery(sessionQuery);
  return (
    <Page title="Settings" sentence={system ? `${system.name}, SemStreams ${system.version}` : undefined}>
      <Appearance />
      <Connection system={system} />
      {error && !system ? <LoadFailure error={error} onRetry={() => void refetch()} /> : null}
      {system ? <Installation system={system} /> : null}
      <AccessSections />
      {mayBackUp(session) ? <BackupSection /> : null}
      <Section title="For programs" sentence="Everything that this page does can be done by REST, too.">
        <Button
          component="a"
          href="/api/docs"
          target="_blank"
          rel="noopener"
          variant="default"
          rightSection={<ExternalLink size={14} aria-hidden />}
        >
          API documentation
        </Button>
      </Section>
      <Section title="Licences" sentence="SemStreams is MIT licensed and stands on the work of others.">
        <Licences />
      </Section>
    </Page>
  );
};

const mayBackUp = (session: Session | undefined): boolean =>
  session?.role === 'administrator' && session.flows === undefined;

const Appearance = () => {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Section title="Appearance" sentence="Kept in this browser.">
      <SegmentedControl
        aria-label="Theme"
        value={colorScheme}
        onChange={(value) => setColorScheme(value as MantineColorScheme)}
        data={themes.map(({ value, title, icon: Icon }) => ({
          value,
          label: (
            <span className={styles['theme']}>
              <Icon size={15} aria-hidden /> {title}
            </span>
          ),
        }))}
      />
    </Section>
  );
};

const lineSentences: Readonly<Record<LineState, string>> = {
  connecting: 'Asking the server for the first time.',
  live: 'Connected: numbers come twice a second.',
  reconnecting: 'Cut: it is tried again every few seconds.',
  offline: 'The server cannot be reached: it is tried again every few seconds.',
};

const Connection = ({ system }: { system: System | undefined }) => {
  const line = useLineState();
  const staleSince = useStaleSince();
  return (
    <Section title="Connection" sentence="Of this page to the server, and of the server to NATS.">
      <dl className={styles['facts']}>
        <Fact name="Server">
          {lineSentences[line]}
          {staleSince === undefined ? null : ` The last word came at ${formatTimeToSecond(staleSince)}.`}
        </Fact>
        {system ? <Fact name="NATS">{natsSentence(system.nats)}</Fact> : null}
      </dl>
    </Section>
  );
};

const natsSentence = ({ state, sentence, server_version, managed }: System['nats']): string => {
  if (state === 'disconnected') return `Not connected${sentence ? `: ${sentence}` : ''}.`;
  const version = server_version === undefined ? 'nats-server' : `nats-server ${server_version}`;
  return managed ? `Connected to its own ${version}.` : `Connected to ${version}.`;
};

const Installation = ({ system }: { system: System }) => {
  const { data: flows } = useQuery(flowsQuery);
  const overview = useOverview();
  return (
    <Section title="This installation" sentence="What a bug report should say.">
      <dl className={styles['facts']}>
        <Fact name="Name">{system.name}</Fact>
        <Fact name="Version">
          {system.version}
          {system.commit === undefined ? null : <code> {system.commit}</code>}
        </Fact>
        <Fact name="Running">
          for {formatSpan(Date.now() - Date.parse(system.started_at))}, since{' '}
          {formatMoment(new Date(system.started_at), new Date())}
        </Fact>
        {flows ? <Fact name="Flows">{headlineOf(flows, overview)}.</Fact> : null}
        <Fact name="Memory">{formatBytes(system.memory_bytes)}</Fact>
        <Fact name="Node.js">{system.node_version}</Fact>
      </dl>
    </Section>
  );
};

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);
