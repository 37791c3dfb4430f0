import { endpointOf, type FilePreview, type SeenConnection } from '@semstreams/contract';
import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { previewQuery } from '../../api/files.ts';
import { readingType } from '../../files/is-file-dragged.ts';
import { useFlow } from '../editor-context.ts';

/** How long what a file was seen to hold is taken for what it holds, in milliseconds. */
const freshMs = 30_000;

/** What the files of a draft hold, as if it had come by behind the components that read them. */
export const usePreviewed = (): readonly SeenConnection[] => {
  const { components } = useFlow();
  const readers = components.flatMap(({ id, type, config }) => {
    const path = config?.['path'];
    const isOne = typeof path === 'string' && path !== '' && !path.includes('*') && !path.endsWith('/');
    return type === readingType && isOne ? [{ id, path }] : [];
  });
  const previews = useQueries({
    queries: readers.map(({ path }) => ({ ...previewQuery(path), staleTime: freshMs })),
    combine: dataOf,
  });
  const key = readers.map(({ id }) => id).join(' ');
  return useMemo(
    () =>
      previews.flatMap((preview, index) =>
        preview ? [seenIn(preview, endpointOf({ component: key.split(' ')[index]!, port: 'out' }))] : [],
      ),
    [previews, key],
  );
};

const dataOf = (results: readonly { readonly data: FilePreview | undefined }[]): readonly (FilePreview | undefined)[] =>
  results.map(({ data }) => data);

const seenIn = ({ columns, rows, is_whole }: FilePreview, from: string): SeenConnection => ({
  ...{ from, to: '', fields: columns, looked_at: rows.length, is_cut: !is_whole },
});
