import { Button, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { FileSearch } from 'lucide-react';
import { useState } from 'react';
import { previewQuery } from '../../api/files.ts';
import { queryClient } from '../../api/query-client.ts';
import { FileDialog } from '../../files/file-dialog.tsx';
import { FilePreview } from '../../files/file-preview.tsx';
import styles from '../../files/files.module.css';
import { contradiction, readingAs } from '../../files/read-as.ts';
import { useForm } from './form-context.ts';

interface FileProps {
  /** The name of the setting. */
  readonly name: string;
  readonly value: string;
}

/** What stands below a setting that names a file to be read: the way to choose one, and whether it is read as what it is. */
export const ReadFileActions = ({ name, value }: FileProps) => {
  const { given, write, leave } = useForm();
  const [isOpen, setOpen] = useState(false);
  const use = async (path: string): Promise<void> => {
    setOpen(false);
    const preview = await queryClient.fetchQuery(previewQuery(path)).catch(() => undefined);
    const config = { ...given, [name]: path };
    write([], preview?.read_as ? readingAs(config, preview.read_as) : config, 'File');
    leave();
  };
  return (
    <>
      <div className={styles['actions']}>
        <Button
          variant="default"
          size="xs"
          leftSection={<FileSearch size={13} aria-hidden />}
          onClick={() => setOpen(true)}
        >
          Choose a file…
        </Button>
      </div>
      {isOneFile(value) ? <Contradiction path={value} /> : null}
      {isOpen ? (
        <FileDialog
          title="Choose a file"
          start={folderOf(value)}
          present={isOneFile(value) ? value : ''}
          onUse={(path) => void use(path)}
          onClose={() => setOpen(false)}
        />
      ) : null}
    </>
  );
};

/** Settings that read something else than what the file holds, with a button that mends them. */
const Contradiction = ({ path }: { path: string }) => {
  const { given, write, leave } = useForm();
  const { data } = useQuery(previewQuery(path));
  const why = data && contradiction(given, data);
  if (why === undefined || !data?.read_as) return null;
  const { read_as: readAs } = data;
  return (
    <div className={styles['notice']} role="status">
      <span>{why}.</span>
      <Button
        variant="default"
        size="xs"
        onClick={() => {
          write([], readingAs(given, readAs), 'Content');
          leave();
        }}
      >
        Read it as it is
      </Button>
    </div>
  );
};

/** What stands below a setting that names a file to be written: a look at what was written. */
export const WrittenFileActions = ({ value }: FileProps) => {
  const [isOpen, setOpen] = useState(false);
  const hasFields = value.includes('{');
  return (
    <>
      <div className={styles['actions']}>
        <Button
          variant="default"
          size="xs"
          leftSection={<FileSearch size={13} aria-hidden />}
          disabled={value === ''}
          onClick={() => setOpen(true)}
        >
          {hasFields ? 'Look at the files' : 'Look at the file'}
        </Button>
      </div>
      {isOpen && hasFields ? (
        <FileDialog
          title="What was written"
          start={folderOf(value.split('{', 1)[0]!)}
          present=""
          onClose={() => setOpen(false)}
        />
      ) : null}
      {isOpen && !hasFields ? (
        <Modal opened onClose={() => setOpen(false)} title="What was written" size={860}>
          <FilePreview path={value} refreshMs={lookAgainMs} />
        </Modal>
      ) : null}
    </>
  );
};

const lookAgainMs = 2000;

/** A path with a star, or a folder, names several. */
const isOneFile = (path: string): boolean => path !== '' && !path.includes('*') && !path.endsWith('/');
const folderOf = (path: string): string =>
  path.includes('*') ? '' : path.slice(0, Math.max(0, path.lastIndexOf('/')));
