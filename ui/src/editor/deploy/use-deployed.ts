import type { Flow } from '@semstreams/contract';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { versionQuery } from '../../api/flows.ts';
import { useFlowStatus, useOverview } from '../../live/use-live.ts';
import { useEditor } from '../editor-context.ts';

/** The version that runs or last ran, to compare the draft with. */
export type Deployed =
  | { readonly kind: 'unknown'; readonly flow?: undefined }
  | { readonly kind: 'never'; readonly flow?: undefined }
  | { readonly kind: 'version'; readonly version: number; readonly flow: Flow };

export const useDeployed = (): Deployed => {
  const { id } = useEditor();
  const status = useFlowStatus(id);
  const overview = useOverview();
  const version = status?.version ?? (overview && !overview.has(id) ? 0 : undefined);
  const { data } = useQuery({ ...versionQuery(id, version ?? 0), enabled: version !== undefined && version > 0 });
  return useMemo(() => {
    if (version === 0) return { kind: 'never' };
    if (version === undefined || !data || data.version !== version) return { kind: 'unknown' };
    return { kind: 'version', version, flow: data.flow };
  }, [version, data]);
};
