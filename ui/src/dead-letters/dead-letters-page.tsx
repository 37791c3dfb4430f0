import { Button, Checkbox } from '@mantine/core';
import type { DeadLetter, FlowStatus } from '@semstreams/contract';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { CircleCheck, Send, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { deadLettersQuery, discardAllDeadLetters, discardDeadLetters, resendDeadLetters } from '../api/dead-letters.ts';
import { flowQuery } from '../api/flows.ts';
import { formatNumber } from '../design/format.ts';
import { LoadFailure } from '../design/load-failure.tsx';
import { Page } from '../design/page.tsx';
import { toast } from '../design/toast.tsx';
import { useAction } from '../design/use-action.ts';
import { useFlowStatus } from '../live/use-live.ts';
import { DeadLetterRow } from './dead-letter-row.tsx';
import { DiscardDialog } from './discard-dialog.tsx';
import { ResendDialog } from './resend-dialog.tsx';
import { resentSentence } from './resent-sentence.ts';
import styles from './dead-letters.module.css';

/** Which dead letters something is done with: some of them, or all there are. */
export type Chosen = readonly number[] | 'all';

/** Messages of a flow that could not be used: look at them, send them again, throw them away. */
export const DeadLettersPage = () => {
  const { id = '' } = useParams();
  const { data: flow } = useQuery(flowQuery(id));
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    deadLettersQuery(id),
  );
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const [discarding, setDiscarding] = useState<Chosen>();
  const [asking, setAsking] = useState<Chosen>();
  const startedAt = startOf(useFlowStatus(id));
  const { isBusy, failure, act } = useAction();

  const letters = data?.pages.flatMap(({ items }) => items) ?? [];
  const total = data?.pages[0]?.total ?? 0;
  const present = letters.filter(({ sequence }) => selected.has(sequence)).map(({ sequence }) => sequence);
  const name = flow?.name ?? id;
  const nameOf = (component: string): string =>
    flow?.components.find((candidate) => candidate.id === component)?.name ?? component;

  const select = (sequences: readonly number[], isSelected: boolean): void => {
    const next = new Set(selected);
    for (const sequence of sequences) {
      if (isSelected) next.add(sequence);
      else next.delete(sequence);
    }
    setSelected(next);
  };

  const resend = (chosen: Chosen): void =>
    void act(async () => {
      const result = await resendDeadLetters(id, chosen === 'all' ? undefined : chosen);
      toast({ sentence: resentSentence(result), tone: result.failed.length > 0 ? 'bad' : 'ok' });
      await refetch();
    });

  /** Asks first where some of them failed before the flow was started anew. */
  const askToResend = (chosen: Chosen): void => {
    const meant = chosen === 'all' ? letters : letters.filter(({ sequence }) => chosen.includes(sequence));
    if (meant.some(({ failed_at: at }) => Date.parse(at) < startedAt)) setAsking(chosen);
    else resend(chosen);
  };

  const discard = (chosen: Chosen): void =>
    void act(async () => {
      setDiscarding(undefined);
      const count = chosen === 'all' ? await discardAllDeadLetters(id) : await discardDeadLetters(id, chosen);
      toast({ sentence: count === 1 ? 'One dead letter was thrown away' : `${count} dead letters were thrown away` });
      await refetch();
    });

  const chosen: Chosen = present.length > 0 ? present : 'all';
  const what = chosen === 'all' ? 'all' : `${chosen.length} selected`;
  return (
    <Page
      above={
        <>
          <Link to="/">Flows</Link> › <Link to={`/flows/${id}`}>{name}</Link> ›
        </>
      }
      title="Dead letters"
      documentTitle={`Dead letters of ${name}`}
      sentence="Messages that could not be used where they arrived. They are kept here until you send them again or throw them away."
      actions={
        total > 0 ? (
          <>
            <Button
              variant="default"
              leftSection={<Trash2 size={14} aria-hidden />}
              onClick={() => setDiscarding(chosen)}
              disabled={isBusy}
            >
              Throw {what} away
            </Button>
            <Button leftSection={<Send size={14} aria-hidden />} onClick={() => askToResend(chosen)} loading={isBusy}>
              Send {what} again
            </Button>
          </>
        ) : undefined
      }
    >
      {failure ? (
        <p className={styles['failure']} role="alert">
          {failure}
        </p>
      ) : null}
      {error && !data ? <LoadFailure error={error} onRetry={() => void refetch()} /> : null}
      {data && total === 0 ? (
        <div className={styles['none']}>
          <CircleCheck size={20} aria-hidden />
          <p>There is no dead letter: everything that came in could be used.</p>
        </div>
      ) : null}
      {letters.length > 0 ? (
        <>
          <p className={styles['count']}>
            {formatNumber(total)} {total === 1 ? 'dead letter' : 'dead letters'}
            {letters.length < total ? `, the newest ${letters.length} shown` : ''}
          </p>
          <div className={styles['table']} role="table" aria-label="Dead letters">
            <div className={styles['headings']} role="row">
              <div role="columnheader">
                <Checkbox
                  size="xs"
                  aria-label="Select all that are shown"
                  checked={present.length === letters.length}
                  indeterminate={present.length > 0 && present.length < letters.length}
                  onChange={({ currentTarget }) =>
                    select(
                      letters.map(({ sequence }) => sequence),
                      currentTarget.checked,
                    )
                  }
                />
              </div>
              {['When', 'Component', 'Reason'].map((heading) => (
                <div key={heading} role="columnheader">
                  {heading}
                </div>
              ))}
              <div role="columnheader">
                <span className="visually-hidden">Actions</span>
              </div>
            </div>
            {letters.map((letter: DeadLetter) => (
              <DeadLetterRow
                key={letter.sequence}
                letter={letter}
                componentName={nameOf(letter.component)}
                isSelected={selected.has(letter.sequence)}
                isBusy={isBusy}
                onSelect={(isSelected) => select([letter.sequence], isSelected)}
                onResend={() => askToResend([letter.sequence])}
                onDiscard={() => setDiscarding([letter.sequence])}
              />
            ))}
          </div>
          {hasNextPage ? (
            <Button
              className={styles['older'] ?? ''}
              variant="default"
              loading={isFetchingNextPage}
              onClick={() => void fetchNextPage()}
            >
              Show older ones
            </Button>
          ) : null}
        </>
      ) : null}
      {asking ? (
        <ResendDialog
          count={asking === 'all' ? total : asking.length}
          onCancel={() => setAsking(undefined)}
          onResend={() => {
            setAsking(undefined);
            resend(asking);
          }}
        />
      ) : null}
      {discarding ? (
        <DiscardDialog
          count={discarding === 'all' ? total : discarding.length}
          onCancel={() => setDiscarding(undefined)}
          onDiscard={() => discard(discarding)}
        />
      ) : null}
    </Page>
  );
};

/** When a flow was started, as milliseconds since 1970: none of its components is as it is for longer. */
const startOf = (status: FlowStatus | undefined): number => {
  const all = (status?.components ?? []).flatMap(({ since }) => (since === undefined ? [] : Date.parse(since)));
  return all.length === 0 ? -Infinity : Math.min(...all);
};
