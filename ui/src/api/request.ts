import type { Finding, Problem } from '@semstreams/contract';

/** An answer that says no, or no answer at all (status 0). The message is for people. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly findings: readonly Finding[];

  constructor({ status, detail, title, findings = [] }: Pick<Problem, 'status' | 'title' | 'detail' | 'findings'>) {
    super(detail ?? title);
    this.status = status;
    this.findings = findings;
  }
}

export const isUnreachable = (thrown: unknown): boolean => thrown instanceof ApiProblem && thrown.status === 0;
/** Somebody else wrote in between: what was sent builds on an older revision. */
export const isStale = (thrown: unknown): boolean => thrown instanceof ApiProblem && thrown.status === 412;

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Sent as JSON; a `Blob` goes as it is. */
  readonly body?: unknown;
  /** The revision that a write builds on. */
  readonly ifMatch?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * One call to the server this page came from; throws an `ApiProblem` on anything but success. The answer is trusted to be
 * what the contract says: page and server are of one build.
 */
export const request = async <Answer>(path: string, call: Call = {}): Promise<Answer> => {
  const response = await requestRaw(path, call);
  return (response.status === 204 ? undefined : await response.json()) as Answer;
};

/** The same for what is no JSON: the response itself. */
export const requestRaw = async (path: string, call: Call = {}): Promise<Response> => {
  const response = await send(path, call);
  if (!response.ok) throw new ApiProblem(await problemOf(response));
  return response;
};

export interface Upload {
  /** POST where it is left out. */
  readonly method?: 'POST' | 'PUT';
  readonly file: Blob;
  readonly headers?: Readonly<Record<string, string>>;
  /** Told how much of the file is sent, from 0 to 1. */
  readonly onSent: (share: number) => void;
  readonly signal?: AbortSignal;
}

/** Sends a file as it is and tells how far that is, which `fetch` cannot; else as `request`. */
export const upload = async <Answer>(
  path: string,
  { method = 'POST', file, headers = {}, onSent, signal }: Upload,
): Promise<Answer> => {
  const call = new XMLHttpRequest();
  const response = await new Promise<Response>((resolve, reject) => {
    signal?.throwIfAborted();
    signal?.addEventListener('abort', () => {
      call.abort();
      reject(signal.reason as Error);
    });
    call.upload.onprogress = ({ loaded, total }) => onSent(total === 0 ? 1 : loaded / total);
    call.onerror = () => reject(noAnswer());
    call.onload = () =>
      resolve(
        new Response(call.response as Blob, {
          status: call.status,
          statusText: call.statusText,
          headers: { 'content-type': call.getResponseHeader('content-type') ?? '' },
        }),
      );
    call.open(method, path);
    call.responseType = 'blob';
    for (const [name, value] of Object.entries({ 'content-type': 'application/octet-stream', ...headers }))
      call.setRequestHeader(name, value);
    call.send(file);
  });
  if (!response.ok) throw new ApiProblem(await problemOf(response));
  return (await response.json()) as Answer;
};

const send = async (path: string, { method = 'GET', body, ifMatch, headers = {}, signal }: Call): Promise<Response> => {
  const isRaw = body instanceof Blob;
  try {
    return await fetch(path, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined || isRaw ? {} : { 'content-type': 'application/json' }),
        ...(ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (thrown) {
    if (signal?.aborted) throw thrown;
    throw noAnswer();
  }
};

const noAnswer = (): ApiProblem => new ApiProblem({ status: 0, title: 'the server does not answer' });

const problemOf = async (response: Response): Promise<Pick<Problem, 'status' | 'title' | 'detail' | 'findings'>> => {
  const fallback = { status: response.status, title: `the server answered ${response.status} ${response.statusText}` };
  if (!response.headers.get('content-type')?.includes('problem+json')) return fallback;
  const problem = (await response.json().catch(() => undefined)) as Problem | undefined;
  return problem ? { ...problem, status: response.status } : fallback;
};
