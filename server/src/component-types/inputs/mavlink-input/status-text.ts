import type { Headers } from '../../../engine/message.ts';
import type { Take } from '../../../component-kit/mavlink/decoder.ts';

type Payload = Readonly<Record<string, unknown>>;

/** Bytes of a whole part; one with fewer is the last one. */
const partBytes = 50;
/** What is missing after so long does not come any more, in milliseconds. */
const patienceMs = 2000;
/** So many texts may wait for their parts; the oldest makes room. */
const mostTexts = 64;

interface Growing {
  readonly first: Payload;
  readonly time: number;
  readonly headers: Headers;
  readonly parts: Map<number, Buffer>;
  readonly timer: NodeJS.Timeout;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Joins the parts of long texts: a STATUSTEXT with an `id` is a part. */
export class StatusTexts {
  private readonly growing = new Map<string, Growing>();

  constructor(private readonly pass: Take) {}

  /** Takes a part; those that are whole are passed on. False where it is no part. */
  take(payload: Payload, time: number, headers: Headers): boolean {
    const { id, chunk_seq: number, text } = payload as Readonly<Record<string, number>>;
    if (!id || number === undefined) return false;
    const key = `${headers['address']} ${payload['system_id']}:${payload['component_id']}:${id}`;
    // the same number again begins another text
    if (this.growing.get(key)?.parts.has(number)) this.give(key);
    const growing = this.growing.get(key) ?? this.begin(key, { payload, time, headers });
    growing.parts.set(number, bytesOf(text));
    if (isWhole(growing.parts)) this.give(key);
    return true;
  }

  /** Passes on what there is. */
  end(): void {
    for (const key of [...this.growing.keys()]) this.give(key);
  }

  private begin(
    key: string,
    { payload, time, headers }: { readonly payload: Payload; readonly time: number; readonly headers: Headers },
  ): Growing {
    if (this.growing.size >= mostTexts) this.give(this.growing.keys().next().value!);
    const timer = setTimeout(() => this.give(key), patienceMs);
    const growing = { first: payload, time, headers, parts: new Map<number, Buffer>(), timer };
    this.growing.set(key, growing);
    return growing;
  }

  private give(key: string): void {
    const { first, time, headers, parts, timer } = this.growing.get(key)!;
    clearTimeout(timer);
    this.growing.delete(key);
    this.pass({ ...first, text: joined(parts), chunk_seq: 0 }, time, headers);
  }
}

const bytesOf = (text: unknown): Buffer => {
  const { bytes } = text as { readonly bytes?: string };
  return bytes === undefined ? Buffer.from(String(text), 'utf8') : Buffer.from(bytes, 'hex');
};

const isWhole = (parts: ReadonlyMap<number, Buffer>): boolean => {
  for (let number = 0; ; number += 1) {
    const part = parts.get(number);
    if (!part) return false;
    if (part.length < partBytes) return true;
  }
};

/** In their order, with "…" for each that is missing. A character may be cut by the end of a part. */
const joined = (parts: ReadonlyMap<number, Buffer>): unknown => {
  const last = Math.max(...parts.keys());
  const bytes = Buffer.concat(
    Array.from({ length: last + 1 }, (_, number) => parts.get(number) ?? Buffer.from('…', 'utf8')),
  );
  try {
    return utf8.decode(bytes);
  } catch {
    return { bytes: bytes.toString('hex') };
  }
};
