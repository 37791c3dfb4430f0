import { Button } from '@mantine/core';
import { FileSpreadsheet } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useNavigate } from 'react-router';
import { useAction } from '../design/use-action.ts';
import { toast } from '../design/toast.tsx';
import { isFileDragged, readingType } from '../files/is-file-dragged.ts';
import { addFlow } from './flow-actions.ts';

/** Begins a flow with a file of this computer: chosen by the button, or dropped anywhere on the page. */
export const ReadFileButton = () => {
  const navigate = useNavigate();
  const picker = useRef<HTMLInputElement>(null);
  const { isBusy, failure, act } = useAction();
  const read = (file: File): void =>
    void act(async () => {
      const { readDropped } = await import('../files/read-dropped.ts');
      const { name, config, sentence } = await readDropped(file);
      const components = [{ id: 'file', type: readingType, name, config }];
      const flow = await addFlow({ name: name.replace(/\.[^.]+(\.gz)?$/, ''), components });
      toast({ sentence });
      void navigate(`/flows/${flow.id}`);
    });
  const latest = useRef(read);
  useEffect(() => {
    latest.current = read;
  });
  useEffect(() => {
    const onOver = (event: DragEvent): void => {
      if (isFileDragged(event)) event.preventDefault();
    };
    const onDrop = (event: DragEvent): void => {
      const file = event.dataTransfer?.files[0];
      if (event.defaultPrevented || !file || document.querySelector('[role="dialog"]')) return;
      event.preventDefault();
      latest.current(file);
    };
    document.addEventListener('dragover', onOver);
    document.addEventListener('drop', onDrop);
    return () => {
      document.removeEventListener('dragover', onOver);
      document.removeEventListener('drop', onDrop);
    };
  }, []);
  return (
    <>
      <Button
        variant="default"
        loading={isBusy}
        leftSection={<FileSpreadsheet size={15} aria-hidden />}
        title="Also by dropping a file here"
        onClick={() => picker.current?.click()}
      >
        Read a file
      </Button>
      <input
        ref={picker}
        type="file"
        hidden
        aria-label="File to read"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          currentTarget.value = '';
          if (file) read(file);
        }}
      />
      {failure === undefined ? null : <p role="alert">The file could not be read: {failure}</p>}
    </>
  );
};
