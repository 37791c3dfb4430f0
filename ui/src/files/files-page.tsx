import { Button } from '@mantine/core';
import { Trash2 } from 'lucide-react';
import { useSearchParams } from 'react-router';
import { removeFile } from '../api/files.ts';
import { Page } from '../design/page.tsx';
import { useAction } from '../design/use-action.ts';
import { useState } from 'react';
import { FileBrowser } from './file-browser.tsx';
import { FilePreview } from './file-preview.tsx';
import styles from './files.module.css';

/** The files that flows read and write: look into them, upload, download and delete them. */
export const FilesPage = () => {
  const [parameters, setParameters] = useSearchParams();
  const folder = parameters.get('folder') ?? '';
  const chosen = parameters.get('file') ?? undefined;
  const go = (to: Record<string, string>): void => setParameters(to, { preventScrollReset: true });
  return (
    <Page title="Files" sentence="What flows read and write on this device.">
      <div className={styles['page']}>
        <FileBrowser
          folder={folder}
          onFolder={(path) => go(path === '' ? {} : { folder: path })}
          chosen={chosen}
          onChoose={(path) => go({ ...(folder === '' ? {} : { folder }), file: path })}
        />
        {chosen === undefined ? (
          <p className={styles['none']}>Choose a file to look into it.</p>
        ) : (
          <div>
            <FilePreview path={chosen} />
            <Remove key={chosen} path={chosen} onRemoved={() => go(folder === '' ? {} : { folder })} />
          </div>
        )}
      </div>
    </Page>
  );
};

/** Deletes a file when asked twice: it is gone then. */
const Remove = ({ path, onRemoved }: { path: string; onRemoved: () => void }) => {
  const [isAsked, setAsked] = useState(false);
  const { isBusy, failure, act } = useAction();
  const remove = async (): Promise<void> => {
    if (await act(() => removeFile(path))) onRemoved();
  };
  return (
    <div className={styles['remove']}>
      {isAsked ? (
        <>
          <span>Delete “{path}” for ever?</span>
          <Button variant="default" onClick={() => setAsked(false)}>
            Keep it
          </Button>
          <Button color="bad" loading={isBusy} onClick={() => void remove()}>
            Delete it
          </Button>
        </>
      ) : (
        <Button variant="default" leftSection={<Trash2 size={14} aria-hidden />} onClick={() => setAsked(true)}>
          Delete
        </Button>
      )}
      {failure === undefined ? null : (
        <p role="alert" className={styles['problem']}>
          {failure}
        </p>
      )}
    </div>
  );
};
