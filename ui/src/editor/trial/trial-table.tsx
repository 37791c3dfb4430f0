import type { Trial, TrialStep } from '@semstreams/contract';
import { Fragment, useState } from 'react';
import { nameOf } from '../draft/edits.ts';
import { useFlow } from '../editor-context.ts';
import { payloadText } from '../../design/payload-text.ts';
import { changesBetween } from './changes-between.ts';
import { TrialDetail } from './trial-detail.tsx';
import { rowsOf, type TrialRow } from './trial-rows.ts';
import styles from './trial-table.module.css';

/** What somebody looks at closer. */
interface Cell {
  readonly row: number;
  readonly component: string;
}

/** A row for each message and a column for each component, in the order in which messages go through them. */
export const TrialTable = ({ trial, isOld }: { trial: Trial; isOld: boolean }) => {
  const flow = useFlow();
  const [chosen, choose] = useState<Cell>();
  const rows = rowsOf(trial);
  const columns = trial.components.filter(({ in: came, state }) => came > 0 || state !== 'muted');
  const nameIn = (id: string): string => nameOf(flow.components.find((each) => each.id === id) ?? { id });
  return (
    <div
      className={styles['frame']}
      tabIndex={0}
      role="region"
      aria-label="What becomes of each message"
      data-old={isOld}
    >
      <table className={styles['table']}>
        <thead>
          <tr>
            <th scope="col">Message</th>
            {columns.map(({ id }) => (
              <th key={id} scope="col">
                {nameIn(id)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => {
            const opened = chosen?.row === index ? row.steps.get(chosen.component) : undefined;
            return (
              <Fragment key={row.message ?? 'time'}>
                <tr>
                  <th scope="row">
                    <Entered row={row} trial={trial} />
                  </th>
                  {columns.map(({ id }) => (
                    <td key={id}>
                      <StepsCell
                        id={cellId(index, id)}
                        steps={row.steps.get(id)}
                        trial={trial}
                        isOpen={opened !== undefined && chosen?.component === id}
                        toggle={(isOpen) => choose(isOpen ? undefined : { row: index, component: id })}
                      />
                    </td>
                  ))}
                </tr>
                {opened ? (
                  <tr>
                    <td colSpan={columns.length + 1} className={styles['opened']}>
                      <TrialDetail
                        name={nameIn(chosen!.component)}
                        steps={opened}
                        messages={trial.messages}
                        close={() => {
                          choose(undefined);
                          document.getElementById(cellId(index, chosen!.component))?.focus();
                        }}
                      />
                    </td>
                  </tr>
                ) : null}
              </Fragment>
            );
          })}
        </tbody>
      </table>
    </div>
  );
};

const cellId = (row: number, component: string): string => `tried-${row}-${component}`;

interface CellProps {
  readonly id: string;
  readonly steps: readonly TrialStep[] | undefined;
  readonly trial: Trial;
  readonly isOpen: boolean;
  readonly toggle: (isOpen: boolean) => void;
}

/** What became of one message at one component; opened, all of it. */
const StepsCell = ({ id, steps, trial, isOpen, toggle }: CellProps) => {
  if (!steps)
    return (
      <span className={styles['none']}>
        <span aria-hidden>–</span>
        <span className="visually-hidden">does not get here</span>
      </span>
    );
  return (
    <button type="button" id={id} className={styles['cell']} aria-expanded={isOpen} onClick={() => toggle(isOpen)}>
      {steps.slice(0, mostInCell).map((step, at) => (
        <StepLine key={at} step={step} trial={trial} />
      ))}
      {steps.length > mostInCell ? <small>and {steps.length - mostInCell} more</small> : null}
    </button>
  );
};

/** More than these fill a cell; all are in the detail. */
const mostInCell = 3;

const Entered = ({ row: { message }, trial }: { row: TrialRow; trial: Trial }) => {
  if (message === undefined) return <i>As time passes</i>;
  const { payload, is_cut } = trial.messages[message]!;
  return <code title={payload}>{is_cut ? payload : payloadText(JSON.parse(payload))}</code>;
};

/** What one component made of one message, in a few words. */
const StepLine = ({ step, trial }: { step: TrialStep; trial: Trial }) => {
  const { outcome, reason, given, made } = step;
  const why = reason === undefined ? null : <small> {reason}</small>;
  if (outcome === 'failed')
    return (
      <span data-outcome="failed">
        <b>fails</b>
        {why}
      </span>
    );
  if (outcome === 'stopped') return <span data-outcome="failed">is not tried</span>;
  if (outcome === 'sent')
    return (
      <span data-outcome="sent">
        would be sent
        {given === undefined ? null : <code>{trial.messages[given]!.payload}</code>}
      </span>
    );
  if (outcome === 'nothing')
    return (
      <span data-outcome="nothing">
        {reason === undefined ? 'nothing goes on yet' : 'left out'}
        {why}
      </span>
    );
  const before = given === undefined ? undefined : trial.messages[given];
  return (
    <>
      {made.slice(0, mostInCell).map(({ port, message }) => (
        <span key={`${port} ${message}`} data-outcome={port === 'out' ? 'made' : 'aside'}>
          {port === 'out' ? null : <b>→ {port} </b>}
          {message === given ? (
            port === 'out' ? (
              'passes'
            ) : null
          ) : (
            <Changed before={before} after={trial.messages[message]!} />
          )}
          {why}
        </span>
      ))}
      {made.length > mostInCell ? <small>and {made.length - mostInCell} more</small> : null}
    </>
  );
};

type Shown = Trial['messages'][number];

const Changed = ({ before, after }: { before: Shown | undefined; after: Shown }) => {
  if (!before) return <code>{after.payload}</code>;
  const changes = changesBetween(before, after);
  if (changes.length === 0) return <>passes</>;
  return (
    <>
      {changes.slice(0, mostChanges).map(({ field, before: old, after: fresh }) => (
        <span key={field} className={styles['change']}>
          {field} {old === undefined ? null : <del>{old}</del>} {fresh === undefined ? null : <ins>{fresh}</ins>}
        </span>
      ))}
      {changes.length > mostChanges ? <small>and {changes.length - mostChanges} more</small> : null}
    </>
  );
};

const mostChanges = 4;
