import { paths, type Trial, type TrialRequest } from '@semstreams/contract';
import { request } from './request.ts';

/** What a flow makes of some messages, tried beside all that runs. */
export const tryFlow = (body: TrialRequest, signal: AbortSignal): Promise<Trial> =>
  request(paths.try, { method: 'POST', body, signal });
