import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ApiProblem, isStale, isUnreachable, request } from './request.ts';

const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

const serve = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener).listen(0, '127.0.0.1');
  closers.push(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const failure = async (promise: Promise<unknown>): Promise<ApiProblem> => {
  const thrown: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(thrown instanceof ApiProblem)) throw new Error('expected a problem', { cause: thrown });
  return thrown;
};

describe('a call to the server', () => {
  it('sends JSON and the revision that it builds on', async () => {
    const base = await serve((incoming, answer) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const { method, url, headers } = incoming;
        const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
        answer.end(JSON.stringify({ method, url, type: headers['content-type'], match: headers['if-match'], body }));
      });
    });
    expect(await request(`${base}/flows/a`, { method: 'PUT', body: { id: 'a' }, ifMatch: 7 })).toEqual({
      method: 'PUT',
      url: '/flows/a',
      type: 'application/json',
      match: '"7"',
      body: { id: 'a' },
    });
  });

  it('answers nothing to 204', async () => {
    const base = await serve((_, answer) => answer.writeHead(204).end());
    expect(await request(base)).toBeUndefined();
  });

  it('throws the server’s own words with its findings', async () => {
    const finding = { severity: 'error', code: 'wrong_value', place: 'components', sentence: 'is wrong' } as const;
    const problem = {
      type: 'about:blank',
      title: 'Conflict',
      status: 412,
      detail: 'changed meanwhile',
      findings: [finding],
    };
    const base = await serve((_, answer) =>
      answer.writeHead(412, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem)),
    );
    const thrown = await failure(request(base));
    expect([thrown.message, thrown.status, thrown.findings]).toEqual(['changed meanwhile', 412, [finding]]);
    expect([isStale(thrown), isUnreachable(thrown)]).toEqual([true, false]);
  });

  it.each(['text/html', 'application/problem+json'])('throws the status where %s is not what it says', async (type) => {
    const base = await serve((_, answer) => answer.writeHead(502, { 'content-type': type }).end('<html>'));
    expect((await failure(request(base))).message).toBe('the server answered 502 Bad Gateway');
  });

  it('says that nobody answers', async () => {
    const base = await serve((incoming) => incoming.socket.destroy());
    const thrown = await failure(request(base));
    expect([thrown.message, isUnreachable(thrown)]).toEqual(['the server does not answer', true]);
  });

  it('leaves an abort what it is', async () => {
    const base = await serve(() => undefined);
    const abort = new AbortController();
    const call = request(base, { signal: abort.signal });
    abort.abort();
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  });
});
