import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { type Columns, packColumns, unpackColumns } from './columns.ts';

/** What all flows did in some cells that follow each other. */
export interface HistoryBlock {
  /** Number of the first cell, and how many there are. */
  readonly from: number;
  readonly cells: number;
  readonly flows: ReadonlyMap<string, Columns>;
}

/** A block within a file, of which nothing is unpacked yet. */
export interface PackedBlock {
  readonly from: number;
  readonly cells: number;
  readonly flows: readonly string[];
  /** Undefined where the flow is not in it. Rejects where it is damaged. */
  unpack(flow: string): Promise<Columns | undefined>;
}

const Head = z.strictObject({
  from: z.int(),
  cells: z.int().min(1).max(100_000),
  flows: z.array(z.tuple([z.string(), z.int().min(0)])),
});

/** What every block begins with; then its length and its checksum. */
const mark = Buffer.from('SHB1');
const frameBytes = 12;

/** A block as it stands in a file. */
export const packBlock = async ({ from, cells, flows }: HistoryBlock): Promise<Buffer> => {
  const packed: [string, Buffer][] = [];
  for (const [flow, columns] of flows) packed.push([flow, await packColumns(columns)]);
  const head = Buffer.from(JSON.stringify({ from, cells, flows: packed.map(([flow, { length }]) => [flow, length]) }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  const body = Buffer.concat([length, head, ...packed.map(([, bytes]) => bytes)]);
  const frame = Buffer.alloc(frameBytes);
  mark.copy(frame);
  frame.writeUInt32LE(body.length, 4);
  frame.writeUInt32LE(crc32(body), 8);
  return Buffer.concat([frame, body]);
};

/** All blocks of a file that are whole. One that is damaged, or that a power cut has ended in its midst, costs itself alone. */
export const blocksIn = (file: Buffer): PackedBlock[] => {
  const blocks: PackedBlock[] = [];
  let at = file.indexOf(mark);
  while (at >= 0) {
    const end = at + frameBytes <= file.length ? at + frameBytes + file.readUInt32LE(at + 4) : Infinity;
    const body = end <= file.length ? file.subarray(at + frameBytes, end) : undefined;
    const block = body && crc32(body) === file.readUInt32LE(at + 8) ? readBody(body) : undefined;
    if (block) blocks.push(block);
    at = file.indexOf(mark, block ? end : at + mark.length);
  }
  return blocks;
};

/** What has the right checksum and is no block all the same, such as nothing at all, is left out like what is damaged. */
const readBody = (body: Buffer): PackedBlock | undefined => {
  if (body.length < 4) return undefined;
  const length = body.readUInt32LE(0);
  const head = headIn(body.toString('utf8', 4, 4 + length));
  if (!head) return undefined;
  const places = new Map<string, Buffer>();
  let at = 4 + length;
  for (const [flow, bytes] of head.flows) places.set(flow, body.subarray(at, (at += bytes)));
  return {
    from: head.from,
    cells: head.cells,
    flows: [...places.keys()],
    unpack: async (flow) => {
      const place = places.get(flow);
      return place && unpackColumns(place, head.cells);
    },
  };
};

const headIn = (text: string): z.infer<typeof Head> | undefined => {
  try {
    return Head.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};
