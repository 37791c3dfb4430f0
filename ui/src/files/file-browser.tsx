import { Button, Progress, TextInput } from '@mantine/core';
import type { FileEntry } from '@semstreams/contract';
import { useQuery } from '@tanstack/react-query';
import { File, Folder, Search, Upload } from 'lucide-react';
import { type DragEvent, useRef, useState } from 'react';
import { filesQuery } from '../api/files.ts';
import { formatBytes, formatMoment } from '../design/format.ts';
import { LoadFailure } from '../design/load-failure.tsx';
import styles from './files.module.css';
import { useUploads } from './use-uploads.ts';

interface BrowserProps {
  readonly folder: string;
  readonly onFolder: (folder: string) => void;
  readonly chosen: string | undefined;
  readonly onChoose: (path: string) => void;
}

/** The files that flows may use: a folder at a time, with search and upload, also by dropping a file here. */
export const FileBrowser = ({ folder, onFolder, chosen, onChoose }: BrowserProps) => {
  const [search, setSearch] = useState('');
  const [isOver, setOver] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const { data, error, refetch } = useQuery(filesQuery(folder, search));
  const uploads = useUploads(folder, onChoose);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file) uploads.send(file);
  };
  const open = (entry: FileEntry): void => {
    if (entry.kind !== 'folder') return onChoose(entry.path);
    setSearch('');
    onFolder(entry.path);
  };
  return (
    <div
      className={styles['browser']}
      data-over={isOver}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <div className={styles['tools']}>
        <TextInput
          aria-label="Search this folder"
          placeholder="Search"
          leftSection={<Search size={14} aria-hidden />}
          value={search}
          onChange={({ currentTarget }) => setSearch(currentTarget.value)}
        />
        <Button
          variant="default"
          leftSection={<Upload size={14} aria-hidden />}
          onClick={() => picker.current?.click()}
        >
          Upload a file
        </Button>
        <input
          ref={picker}
          type="file"
          hidden
          aria-label="File to upload"
          onChange={({ currentTarget }) => {
            const [file] = currentTarget.files ?? [];
            currentTarget.value = '';
            if (file) uploads.send(file);
          }}
        />
      </div>
      {uploads.sent === undefined ? null : <Progress value={100 * uploads.sent} aria-label="Uploaded" />}
      {uploads.failure === undefined ? null : (
        <p role="alert" className={styles['problem']}>
          It was not uploaded: {uploads.failure}.{' '}
          {uploads.overwrite ? (
            <Button variant="default" size="xs" onClick={uploads.overwrite}>
              Overwrite it
            </Button>
          ) : null}
        </p>
      )}
      <Way folder={folder} onFolder={onFolder} />
      {error && !data ? <LoadFailure error={error} onRetry={() => void refetch()} /> : null}
      {data ? (
        <ul className={styles['list']} aria-label="Files">
          {data.items.map((entry) => (
            <li key={entry.path}>
              <Entry entry={entry} isChosen={entry.path === chosen} onOpen={() => open(entry)} />
            </li>
          ))}
          {data.items.length === 0 ? (
            <li className={styles['none']}>
              {search === '' ? 'Nothing here yet: upload a file, or drop one here.' : `Nothing is called “${search}”.`}
            </li>
          ) : null}
          {data.is_cut || data.next !== undefined ? (
            <li className={styles['none']}>There are more: search for a part of the name.</li>
          ) : null}
        </ul>
      ) : null}
    </div>
  );
};

const Entry = ({ entry, isChosen, onOpen }: { entry: FileEntry; isChosen: boolean; onOpen: () => void }) => {
  const { name, kind, bytes, changed_at } = entry;
  return (
    <button
      type="button"
      aria-pressed={kind === 'folder' ? undefined : isChosen}
      disabled={kind === 'other'}
      onClick={onOpen}
    >
      {kind === 'folder' ? <Folder size={15} aria-hidden /> : <File size={15} aria-hidden />}
      <span>{name}</span>
      <small>
        {kind === 'folder'
          ? 'Folder'
          : kind === 'link'
            ? 'Link'
            : kind === 'other'
              ? 'No file'
              : formatBytes(bytes ?? 0)}
        {changed_at === undefined ? '' : `, ${formatMoment(new Date(changed_at), new Date())}`}
      </small>
    </button>
  );
};

/** Where one is, as buttons back to the folders around it. */
const Way = ({ folder, onFolder }: Pick<BrowserProps, 'folder' | 'onFolder'>) => {
  const names = folder.split('/').filter((name) => name !== '');
  const start = folder.startsWith('/') ? '/' : '';
  return (
    <nav className={styles['way']} aria-label="Folders">
      <button type="button" onClick={() => onFolder('')} aria-current={folder === ''}>
        Data folder
      </button>
      {start === '/' ? (
        <span>{folder}</span>
      ) : (
        names.map((name, index) => (
          <button key={index} type="button" onClick={() => onFolder(names.slice(0, index + 1).join('/'))}>
            {name}
          </button>
        ))
      )}
    </nav>
  );
};
