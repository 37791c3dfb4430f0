import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { request } from '../api/request.ts';
import { LoadFailure } from '../design/load-failure.tsx';
import styles from './settings.module.css';

interface Licence {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
}

/** Every package that went into this ui, with its licence; written by the build. */
export const Licences = () => {
  const [isOpen, setOpen] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: ['licences'],
    queryFn: ({ signal }) => request<Licence[]>('/licences.json', { signal }),
    enabled: isOpen,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <>
      <Button variant="default" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? 'Hide them' : 'Show them'}
      </Button>
      {isOpen && error ? <LoadFailure error={error} onRetry={() => void refetch()} /> : null}
      {isOpen && data ? (
        <ul className={styles['licences']} tabIndex={0} aria-label="Packages">
          {data.map(({ name, version, licence }) => (
            <li key={`${name} ${version}`}>
              <span>
                {name} <small>{version}</small>
              </span>
              <span>{licence}</span>
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
};
