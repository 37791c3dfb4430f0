import { type KeptBackups, passphraseHeader, paths, type Restored, type RestorePreview } from '@semstreams/contract';
import { queryOptions } from '@tanstack/react-query';
import { ApiProblem, request, requestRaw, upload } from './request.ts';

/** The backups in the backup folder of the device, newest first. */
export const keptBackupsQuery = queryOptions({
  queryKey: ['backups'],
  queryFn: async ({ signal }) => (await request<KeptBackups>(paths.backups, { signal })).items,
});

/** What to restore: a file of this computer, or a backup that the device keeps. */
export type BackupSource =
  { readonly kind: 'file'; readonly file: File } | { readonly kind: 'kept'; readonly name: string };

export interface RestoreCall {
  /** Empty where the backup is not sealed. */
  readonly passphrase: string;
  /** Told how much of a file is sent, from 0 to 1. */
  readonly onSent: (share: number) => void;
  readonly signal?: AbortSignal;
}

export const fetchBackup = async (backup: {
  readonly withBuffers: boolean;
  readonly passphrase: string;
}): Promise<{ bytes: Blob; name: string }> => {
  const response = await requestRaw(`${paths.backup}?with_buffers=${backup.withBuffers}`, {
    headers: sealedWith(backup.passphrase),
  });
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1];
  try {
    return { bytes: await response.blob(), name: name ?? 'semstreams.tar' };
  } catch {
    throw new ApiProblem({ status: 0, title: 'the server broke off before the backup was complete' });
  }
};

/** What a restore would change; it changes nothing. */
export const previewRestore = (source: BackupSource, call: RestoreCall): Promise<RestorePreview> =>
  post(source, '?preview=true', call);

export const restoreBackup = (source: BackupSource, call: RestoreCall): Promise<Restored> => post(source, '', call);

const post = <Answer>(
  source: BackupSource,
  query: string,
  { passphrase, onSent, signal }: RestoreCall,
): Promise<Answer> => {
  const call = { headers: sealedWith(passphrase), ...(signal ? { signal } : {}) };
  return source.kind === 'file'
    ? upload(`${paths.restoreBackup}${query}`, { ...call, file: source.file, onSent })
    : request(`${paths.restoreKept(source.name)}${query}`, { ...call, method: 'POST' });
};

const sealedWith = (passphrase: string): Record<string, string> =>
  passphrase === '' ? {} : { [passphraseHeader]: encodeURIComponent(passphrase) };
