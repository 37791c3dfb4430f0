import type { Finding } from '@semstreams/contract';
import { CircleAlert, TriangleAlert } from 'lucide-react';
import { nameOf } from '../draft/edits.ts';
import { useCheckState, useEditor, useFlow } from '../editor-context.ts';
import styles from './dock.module.css';

/** All that is wrong with the draft. A click leads to the field. */
export const ProblemsTab = () => {
  const state = useCheckState();
  return (
    <>
      {state.kind === 'unchecked' ? (
        <p className={styles['quiet']} role="status">
          Could not check the draft: {state.sentence}. It is tried again by itself.
          {state.findings.length > 0 ? ' What stands here was found before.' : ''}
        </p>
      ) : null}
      {state.kind !== 'unchecked' && state.findings.length === 0 ? (
        <p className={styles['quiet']}>{state.kind === 'checking' ? 'Checking…' : 'No problems.'}</p>
      ) : null}
      <ul aria-label="Problems">
        {[...state.findings].sort(errorsFirst).map((finding) => (
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
  const { view } = useEditor();
  const flow = useFlow();
  const component = flow.components.find(({ id }) => id === finding.component);
  const Icon = finding.severity === 'error' ? CircleAlert : TriangleAlert;
  return (
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
        {finding.hint ? <small> · {finding.hint}</small> : null}
        <span className="visually-hidden">{finding.severity === 'error' ? ' (has to be solved)' : ' (a warning)'}</span>
      </span>
      <code>{finding.field ?? finding.place}</code>
    </button>
  );
};
