import { type FileEntry, type FileList, type FilePreview, paths } from '@semstreams/contract';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { queryClient } from './query-client.ts';
import { request, upload } from './request.ts';

/** More entries of a folder nobody reads: a search finds the others. */
const mostShown = 500;

/** What lies in a folder, as settings name it; empty is the data folder. */
export const filesQuery = (folder: string, search: string) =>
  queryOptions({
    queryKey: ['files', folder, search],
    queryFn: async ({ signal }) => {
      const query = new URLSearchParams({ path: folder, search, limit: String(mostShown) });
      return request<FileList>(`${paths.files}?${query.toString()}`, { signal });
    },
    placeholderData: keepPreviousData,
    staleTime: 0,
    retry: false,
  });

export const previewQuery = (path: string) =>
  queryOptions({
    queryKey: ['file-preview', path],
    queryFn: async ({ signal }) => request<FilePreview>(paths.filePreview(path), { signal }),
    staleTime: 1000,
    retry: false,
  });

const filesChanged = async (): Promise<void> => {
  await queryClient.invalidateQueries({ queryKey: ['files'] });
  await queryClient.invalidateQueries({ queryKey: ['file-preview'] });
};

export const uploadFile = async (
  path: string,
  given: { readonly file: Blob; readonly overwrite: boolean; readonly onSent: (share: number) => void },
): Promise<FileEntry> => {
  const { file, overwrite, onSent } = given;
  const entry = await upload<FileEntry>(`${paths.fileContent(path)}&overwrite=${overwrite}`, {
    method: 'PUT',
    file,
    onSent,
  });
  await filesChanged();
  return entry;
};

export const removeFile = async (path: string): Promise<void> => {
  await request(paths.fileContent(path), { method: 'DELETE' });
  await filesChanged();
};
