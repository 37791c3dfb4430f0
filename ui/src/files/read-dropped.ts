import type { Component } from '@semstreams/contract';
import { previewQuery, uploadFile } from '../api/files.ts';
import { queryClient } from '../api/query-client.ts';
import { ApiProblem } from '../api/request.ts';
import { inWords, readingAs } from './read-as.ts';

/** What reads a file of this computer, and what it holds in words. */
export interface ReadFile {
  readonly name: string;
  readonly config: NonNullable<Component['config']>;
  readonly sentence: string;
}

/** Uploads a file of this computer, under another name where its own is taken, and finds how it is read. */
export const readDropped = async (file: File): Promise<ReadFile> => {
  const path = await uploaded(file);
  const preview = await queryClient.fetchQuery(previewQuery(path));
  const config = preview.read_as ? readingAs({ path }, preview.read_as) : { path };
  return { name: path.slice(0, 120), config, sentence: `“${path}” is uploaded. ${inWords(preview)}.` };
};

const mostTries = 50;

const uploaded = async (file: File): Promise<string> => {
  const [, stem = file.name, ending = ''] = /^(.+?)((?:\.[^.]+)?(?:\.gz)?)$/.exec(file.name) ?? [];
  for (let number = 1; ; number += 1) {
    const path = number === 1 ? file.name : `${stem}-${number}${ending}`;
    try {
      return (await uploadFile(path, { file, overwrite: false, onSent: () => undefined })).path;
    } catch (thrown) {
      const isTaken = thrown instanceof ApiProblem && thrown.message.includes('is there already');
      if (!isTaken || number === mostTries) throw thrown;
    }
  }
};
