import { ActionIcon, Popover } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Bell } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { flowsQuery } from '../api/flows.ts';
import { useOverview, useTroubles } from '../live/use-live.ts';
import { problemsOf, type ShownProblem } from './problems.ts';
import styles from './problem-bell.module.css';

/** How many problems there are, and on a click which. */
export const ProblemBell = () => {
  const [isOpen, setOpen] = useState(false);
  const { data: flows } = useQuery(flowsQuery);
  const problems = problemsOf(useOverview(), useTroubles(), flows);
  const label = problems.length === 0 ? 'No problems' : `${problems.length} problem${problems.length > 1 ? 's' : ''}`;
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" width={360} shadow="lg" radius="md" trapFocus>
      <Popover.Target>
        <ActionIcon
          size="lg"
          aria-label={label}
          title={label}
          className={styles['bell']}
          data-count={problems.length}
          onClick={() => setOpen(!isOpen)}
        >
          <Bell size={17} aria-hidden />
          {problems.length > 0 ? <span className={styles['count']}>{problems.length}</span> : null}
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label="Problems">
        {problems.length === 0 ? (
          <p className={styles['nothing']}>No flow needs attention.</p>
        ) : (
          <ul className={styles['list']}>
            {problems.map((problem) => (
              <li key={`${problem.way ?? ''} ${problem.title}`}>
                <Problem problem={problem} onGo={() => setOpen(false)} />
              </li>
            ))}
          </ul>
        )}
      </Popover.Dropdown>
    </Popover>
  );
};

const Problem = ({ problem: { title, sentence, flow, way }, onGo }: { problem: ShownProblem; onGo: () => void }) => (
  <>
    {flow === undefined ? (
      <strong className={styles['source']}>{title}</strong>
    ) : (
      <Link to={way ?? `/flows/${flow}`} onClick={onGo}>
        {title}
      </Link>
    )}
    <p>{sentence}</p>
  </>
);
