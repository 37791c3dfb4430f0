import { Button } from '@mantine/core';
import { type ComponentType, type Finding, isMild, type Notice } from '@semstreams/contract';
import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import { Link } from 'react-router';
import { parseConfigPath } from '../draft/config-path.ts';
import { nameOf } from '../draft/edits.ts';
import { mendsOf } from '../draft/mend.ts';
import { useCheckState, useEditor, useFindings, useFlow } from '../editor-context.ts';
import { formatTimeToSecond } from '../../design/format.ts';
import { openNotice } from '../live/open-notice.ts';
import { useNotices } from '../live/use-notices.ts';
import type { JsonSchema } from '../form/fields.ts';
import { settingInWords } from '../form/setting-in-words.ts';
import styles from './dock.module.css';

/** What is wrong now with what runs, and with the draft. A click leads to the place; where it is plain what was meant, another one mends it. */
export const ProblemsTab = () => {
  const state = useCheckState();
  const findings = useFindings();
  const notices = useNotices();
  return (
    <>
      {notices.length > 0 ? (
        <>
          <p className={styles['group']}>Now</p>
          <ul aria-label="Now">
            {notices.map((notice) => (
              <li key={`${notice.kind} ${notice.component}`}>
                <NoticeNow notice={notice} />
              </li>
            ))}
          </ul>
          {findings.length > 0 ? <p className={styles['group']}>In the draft</p> : null}
        </>
      ) : null}
      {state.kind === 'unchecked' ? (
        <p className={styles['quiet']} role="status">
          Could not check the draft: {state.sentence}. It is tried again by itself.
          {state.findings.length > 0 ? ' What stands here was found before.' : ''}
        </p>
      ) : null}
      {state.kind !== 'unchecked' && findings.length + notices.length === 0 ? (
        <p className={styles['quiet']}>{state.kind === 'checking' ? 'Checking…' : 'No problems.'}</p>
      ) : null}
      <ul aria-label="Problems">
        {[...findings].sort(errorsFirst).map((finding) => (
          <li key={`${finding.place} ${finding.code} ${finding.sentence}`}>
            <Problem finding={finding} />
          </li>
        ))}
      </ul>
    </>
  );
};

const errorsFirst = (a: Finding, b: Finding): number => Number(a.severity !== 'error') - Number(b.severity !== 'error');

const Problem = ({ finding }: { finding: Finding }) => {
  const { draft, types, view } = useEditor();
  const flow = useFlow();
  const component = flow.components.find(({ id }) => id === finding.component);
  const Icon = finding.severity === 'error' ? CircleAlert : TriangleAlert;
  const mends = mendsOf(flow, finding);
  const setting = component && settingOf(types.get(component.type), finding);
  return (
    <div className={styles['row']}>
      <button
        type="button"
        className={styles['problem']}
        data-severity={finding.severity}
        onClick={() => {
          if (!component) return;
          const tab = finding.field === undefined && finding.code !== 'unknown_type' ? 'ports' : 'settings';
          view.getState().open(component.id, { tab, field: finding.field ?? '' });
        }}
      >
        <Icon size={14} aria-hidden />
        <span>
          {component ? <b>{nameOf(component)}: </b> : null}
          {finding.sentence}
          {finding.hint && finding.instead === undefined ? <small> · {finding.hint}</small> : null}
          <span className="visually-hidden">
            {finding.severity === 'error' ? ' (has to be solved)' : ' (a warning)'}
          </span>
        </span>
        {setting === undefined ? null : <small>{setting}</small>}
      </button>
      {mends.map(({ label, edit }) => (
        <Button key={label} variant="default" size="compact-sm" onClick={() => draft.getState().run(edit)}>
          {label}
        </Button>
      ))}
    </div>
  );
};

const NoticeNow = ({ notice }: { notice: Notice }) => {
  const editor = useEditor();
  const { kind, name, sentence, since } = notice;
  const isFailed = kind === 'failed';
  const Icon = isFailed ? CircleAlert : isMild(notice) ? Info : TriangleAlert;
  return (
    <div className={styles['row']}>
      <button
        type="button"
        className={styles['problem']}
        data-severity={isFailed ? 'error' : isMild(notice) ? 'info' : 'warning'}
        onClick={() => openNotice(editor, notice)}
      >
        <Icon size={14} aria-hidden />
        <span className="live-value">
          <b>{name}: </b>
          {sentence}
        </span>
        <small>since {formatTimeToSecond(new Date(since))}</small>
      </button>
      {kind === 'loses' ? (
        <Button component={Link} to={`/flows/${editor.id}/dead-letters`} variant="default" size="compact-sm">
          Look at dead letters
        </Button>
      ) : null}
    </div>
  );
};

/** What the form calls the setting that is wrong. */
const settingOf = (type: ComponentType | undefined, { field }: Finding): string | undefined =>
  type && field !== undefined ? settingInWords(type.config_schema as JsonSchema, parseConfigPath(field)) : undefined;
