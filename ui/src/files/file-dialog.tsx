import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import dialog from '../design/dialog.module.css';
import { FileBrowser } from './file-browser.tsx';
import { FilePreview } from './file-preview.tsx';
import styles from './files.module.css';

interface DialogProps {
  readonly title: string;
  /** The folder that it opens with. */
  readonly start: string;
  /** What is chosen already; empty where nothing is. */
  readonly present: string;
  /** Takes what was chosen; without it files are looked at alone. */
  readonly onUse?: (path: string) => void;
  readonly onClose: () => void;
}

/** The files of flows to choose one from, with what the chosen one holds. */
export const FileDialog = ({ title, start, present, onUse, onClose }: DialogProps) => {
  const [folder, setFolder] = useState(start);
  const [chosen, setChosen] = useState(present === '' ? undefined : present);
  return (
    <Modal opened onClose={onClose} title={title} size={860}>
      <div className={dialog['form']}>
        <FileBrowser folder={folder} onFolder={setFolder} chosen={chosen} onChoose={setChosen} />
        {chosen === undefined ? null : <FilePreview path={chosen} />}
        <div className={`${dialog['buttons']} ${styles['foot']}`}>
          <Button variant="default" onClick={onClose}>
            {onUse ? 'Cancel' : 'Close'}
          </Button>
          {onUse ? (
            <Button disabled={chosen === undefined} onClick={() => chosen !== undefined && onUse(chosen)}>
              Use this file
            </Button>
          ) : null}
        </div>
      </div>
    </Modal>
  );
};
