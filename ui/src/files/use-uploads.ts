import { useState } from 'react';
import { uploadFile } from '../api/files.ts';
import { ApiProblem } from '../api/request.ts';

export interface Uploads {
  /** How much of the file on its way is sent, from 0 to 1. */
  readonly sent: number | undefined;
  readonly failure: string | undefined;
  /** Sends what was refused because a file of its name is there; undefined where nothing was. */
  readonly overwrite: (() => void) | undefined;
  readonly send: (file: File) => void;
}

/** Puts files of this computer into a folder, one after the other; `done` is told the path of each. */
export const useUploads = (folder: string, done: (path: string) => void): Uploads => {
  const [sent, setSent] = useState<number>();
  const [failure, setFailure] = useState<string>();
  const [refused, setRefused] = useState<File>();
  const send = async (file: File, overwrite: boolean): Promise<void> => {
    setFailure(undefined);
    setRefused(undefined);
    setSent(0);
    try {
      const { path } = await uploadFile(within(folder, file.name), { file, overwrite, onSent: setSent });
      done(path);
    } catch (thrown) {
      setFailure(thrown instanceof Error ? thrown.message : String(thrown));
      if (thrown instanceof ApiProblem && thrown.message.includes('is there already')) setRefused(file);
    } finally {
      setSent(undefined);
    }
  };
  return {
    sent,
    failure,
    overwrite: refused && (() => void send(refused, true)),
    send: (file) => void send(file, false),
  };
};

export const within = (folder: string, name: string): string =>
  folder === '' ? name : `${folder.replace(/\/$/, '')}/${name}`;
