import { type Calls, calls } from './calls.generated.ts';

export type { Calls, Schemas } from './calls.generated.ts';

/** What a call takes: the words of its address, what is asked for, headers, a body. */
export type Given<Id extends keyof Calls> = Calls[Id]['given'];

/** What came back where it said yes. */
export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** An answer that says no; `detail` leads on, and `status` says of what kind it is. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';

  constructor(
    readonly status: number,
    readonly problem: { readonly detail?: string; readonly findings?: readonly unknown[] },
  ) {
    super(problem.detail ?? `the server answered ${status}`);
  }
}

/** Asks a server by the names of its calls. */
export type ApiClient = <Id extends keyof Calls>(
  id: Id,
  ...given: Partial<Given<Id>> extends Given<Id> ? [Given<Id>?] : [Given<Id>]
) => Promise<Answer<Calls[Id]['answer']>>;

/** As much of `fetch` as is needed: that of the platform, or one that adds a token. */
export type Fetch = (
  url: string,
  options: { method: string; headers: Headers; body?: string | Blob },
) => Promise<Response>;

interface AnyGiven {
  readonly path?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly header?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
}

/** A client of the server at `baseUrl`. Its calls reject with an ApiProblem where the server says no. */
export const apiClient = (baseUrl: string, fetchIt: Fetch): ApiClient => {
  const call = async (id: keyof Calls, given: AnyGiven = {}): Promise<Answer<unknown>> => {
    const [method, pattern] = calls[id];
    const url = new URL(addressOf(pattern, given), baseUrl).toString();
    const response = await fetchIt(url, { method, ...contentOf(given) });
    const body = await bodyOf(response);
    if (response.status >= 400) throw new ApiProblem(response.status, body as ApiProblem['problem']);
    return { status: response.status, headers: response.headers, body };
  };
  return call as ApiClient;
};

const addressOf = (pattern: string, { path = {}, query = {} }: AnyGiven): string => {
  const filled = pattern.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ''));
  const asked = new URLSearchParams(
    Object.entries(query)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
  return asked === '' ? filled : `${filled}?${asked}`;
};

const contentOf = ({ header = {}, body }: AnyGiven): { headers: Headers; body?: string | Blob } => {
  const headers = new Headers();
  for (const [name, value] of Object.entries(header)) if (value !== undefined) headers.set(name, value);
  if (body === undefined) return { headers };
  const isBlob = body instanceof Blob;
  headers.set(
    'content-type',
    isBlob ? 'application/octet-stream' : typeof body === 'string' ? 'application/yaml' : 'application/json',
  );
  return { headers, body: isBlob || typeof body === 'string' ? body : JSON.stringify(body) };
};

const bodyOf = async (response: Response): Promise<unknown> => {
  const type = response.headers.get('content-type') ?? '';
  if (type.includes('json')) return response.json();
  if (type.startsWith('text/')) return response.text();
  return type === '' ? undefined : response.blob();
};
