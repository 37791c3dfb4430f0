import type { FlowOverview, FlowStatus, Link } from '@semstreams/contract';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Line, type LineSocket } from './line.ts';

/** A socket whose server is the test. */
class FakeSocket implements LineSocket {
  connected = false;
  readonly sent: unknown[][] = [];
  connects = 0;
  private readonly listeners = new Map<string, ((value?: unknown) => void)[]>();

  on(event: string, listener: (value: never) => void): void {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener as (value?: unknown) => void]);
  }

  emit(...message: unknown[]): void {
    this.sent.push(message);
  }

  connect(): void {
    this.connects += 1;
  }

  disconnect(): void {
    if (this.connected) this.lose();
  }

  tell(event: string, value?: unknown): void {
    for (const listener of this.listeners.get(event) ?? []) listener(value);
  }

  accept(): void {
    this.connected = true;
    this.tell('connect');
    this.tell('overview', []);
  }

  lose(): void {
    this.connected = false;
    this.tell('disconnect');
  }
}

const status = (flow: string): FlowStatus => ({
  flow,
  desired: 'running',
  observed: 'running',
  version: 1,
  since: '2030-01-01T00:00:00Z',
  sentence: 'Running',
  notices: [],
  dead_letters: 0,
  components: [],
  connections: [],
});

let socket: FakeSocket;
let line: Line;

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  socket = new FakeSocket();
  line = new Line(socket);
  line.open();
});
afterEach(() => {
  line.close();
  vi.useRealTimers();
});

/** Time passes, and the server tells its overview twice a second. */
const pass = (milliseconds: number): void => {
  for (let passed = 0; passed < milliseconds; passed += 500) {
    vi.advanceTimersByTime(500);
    if (socket.connected) socket.tell('overview', []);
  }
};

describe('the line to the server', () => {
  it('is live while the server tells, and knows when it last did', () => {
    expect(line.read()).toMatchObject({ line: 'connecting', lastDataAt: undefined, overview: undefined });
    socket.accept();
    pass(10_000);
    expect(line.read()).toMatchObject({ line: 'live', lastDataAt: 10_000 });
  });

  it('is reconnecting when it was lost, offline when that lasts, and live again with the next word', () => {
    socket.accept();
    pass(1000);
    socket.lose();
    expect(line.read()).toMatchObject({ line: 'reconnecting', lastDataAt: 1000 });
    pass(29_500);
    expect(line.read().line).toBe('reconnecting');
    pass(500);
    expect(line.read()).toMatchObject({ line: 'offline', lastDataAt: 1000 });
    socket.accept();
    expect(line.read()).toMatchObject({ line: 'live', lastDataAt: 31_000 });
  });

  it('takes three seconds of silence for a cut and connects anew', () => {
    socket.accept();
    expect(socket.connects).toBe(1);
    vi.advanceTimersByTime(2500);
    expect(line.read().line).toBe('live');
    vi.advanceTimersByTime(500);
    expect(line.read().line).toBe('reconnecting');
    expect(socket.connects).toBe(2);
    vi.advanceTimersByTime(10_000);
    expect(socket.connects).toBe(2);
  });

  it('tries at once when there may be a way again, and only then', () => {
    socket.accept();
    line.retry();
    expect(socket.connects).toBe(1);
    socket.lose();
    line.retry();
    expect(socket.connects).toBe(2);
  });

  it('asks again for what is watched after a reconnect, and says that it is back', () => {
    const back = vi.fn();
    line.onBack(back);
    line.watch('climb');
    expect(socket.sent).toEqual([]);
    socket.accept();
    expect(socket.sent).toEqual([['watch', 'climb']]);
    expect(back).not.toHaveBeenCalled();
    socket.lose();
    socket.accept();
    expect(socket.sent).toEqual([
      ['watch', 'climb'],
      ['watch', 'climb'],
    ]);
    expect(back).toHaveBeenCalledTimes(1);
  });

  it('watches a flow as long as anybody does', () => {
    socket.accept();
    const first = line.watch('climb');
    const second = line.watch('climb');
    socket.tell('status', status('climb'));
    first();
    expect(socket.sent).toEqual([['watch', 'climb']]);
    expect(line.read().watched.has('climb')).toBe(true);
    second();
    expect(socket.sent).toEqual([
      ['watch', 'climb'],
      ['unwatch', 'climb'],
    ]);
    socket.tell('status', status('climb'));
    expect(line.read().watched.has('climb')).toBe(false);
  });

  it('watches links as long as anybody does, and asks for them again after a reconnect', () => {
    const link = { flow: 'climb' } as unknown as Link;
    socket.accept();
    socket.tell('links', [link]);
    expect(line.read().links).toBeUndefined();
    const [first, second] = [line.watchLinks(), line.watchLinks()];
    socket.tell('links', [link]);
    expect(line.read().links).toEqual([link]);
    socket.lose();
    socket.accept();
    expect(socket.sent).toEqual([['watchLinks'], ['watchLinks']]);
    first();
    expect(line.read().links).toEqual([link]);
    second();
    expect([socket.sent.at(-1), line.read().links]).toEqual([['unwatchLinks'], undefined]);
  });

  it('leaves an overview the same object while nothing changes', () => {
    const row = { ...status('climb'), in_per_second: 1 } as unknown as FlowOverview;
    socket.accept();
    socket.tell('overview', [row]);
    const { overview } = line.read();
    socket.tell('overview', [{ ...row }]);
    expect(line.read().overview).toBe(overview);
    socket.tell('overview', [{ ...row, in_per_second: 2 }]);
    expect(line.read().overview?.get('climb')?.in_per_second).toBe(2);
  });
});
