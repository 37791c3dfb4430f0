import { NativeSelect, SegmentedControl, TextInput } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { Search } from 'lucide-react';
import { useRef } from 'react';
import { type ListView, type SortKey, type StateGroup, stateGroups } from './list-view.ts';
import styles from './flow-filters.module.css';

const stateWords: Readonly<Record<StateGroup, string>> = {
  all: 'All',
  running: 'Running well',
  attention: 'Needs attention',
  stopped: 'Stopped',
};

const sortWords: readonly { value: SortKey; label: string }[] = [
  { value: 'name', label: 'By name' },
  { value: 'state', label: 'Trouble first' },
  { value: 'rate', label: 'Fastest first' },
  { value: 'waiting', label: 'Most waiting first' },
  { value: 'errors', label: 'Most errors first' },
  { value: 'updated', label: 'Last changed first' },
];

/** What of the list is shown; "/" goes to the search. */
export const FlowFilters = ({
  view,
  counts,
  onChange,
}: {
  view: ListView;
  counts: Readonly<Record<StateGroup, number>>;
  onChange: (view: ListView) => void;
}) => {
  const search = useRef<HTMLInputElement>(null);
  useHotkeys([['/', () => search.current?.focus()]]);
  return (
    <div className={styles['filters']} role="search" aria-label="Flows">
      <TextInput
        ref={search}
        className={styles['search']}
        type="search"
        aria-label="Search flows"
        placeholder="Search flows"
        leftSection={<Search size={15} aria-hidden />}
        value={view.search}
        onChange={({ currentTarget }) => onChange({ ...view, search: currentTarget.value })}
      />
      <SegmentedControl
        className={styles['states']}
        size="xs"
        aria-label="State"
        value={view.state}
        onChange={(state) => onChange({ ...view, state })}
        data={stateGroups.map((state) => ({
          value: state,
          label: (
            <>
              {stateWords[state]} <span className={styles['count']}>{counts[state]}</span>
            </>
          ),
        }))}
      />
      <NativeSelect
        className={styles['sort']}
        aria-label="Order"
        value={view.sort}
        data={sortWords}
        onChange={({ currentTarget }) => onChange({ ...view, sort: currentTarget.value as SortKey })}
      />
    </div>
  );
};
