import { opcodes, WasmReader } from './wasm-reader.ts';
import { WasmWriter } from './wasm-writer.ts';

/** What a metered module imports beside what it did: a function without arguments and results. */
export const meterImport = { module: 'meter', name: 'ask' } as const;

/** So many rounds of loops are gone through before it asks again: some tenths of a millisecond. */
const roundsBetween = 100_000;
/** For so many rounds counts an instruction that moves memory, which may be a lot. */
const roundsOfMove = 1000;

/**
 * The same WebAssembly module, which calls `meter.ask` again and again as long as it runs, whatever it does: each round of a loop is counted.
 * Who throws there ends it; it is in disorder then, and may not be used again. Throws a RangeError for what is no module of its kind.
 */
export const metered = (wasm: Uint8Array): Uint8Array<ArrayBuffer> => {
  const reader = new WasmReader(wasm);
  const writer = new WasmWriter(2 * wasm.length);
  writer.put(reader.take(8));
  const sections = new Map<number, Uint8Array>();
  while (!reader.isAtEnd) {
    const id = reader.byte();
    const content = reader.take(reader.unsigned());
    // what others say of it, such as names, goes by the old numbers
    if (id !== sectionIds.custom) sections.set(id, content);
  }
  const meter = meterFor(sections);
  for (const [id, content] of sections) {
    writer.byte(id);
    writer.counted(changes[id]?.(content, meter) ?? content);
  }
  return writer.written();
};

const sectionIds = { custom: 0, type: 1, import: 2, global: 6, export: 7, start: 8, element: 9, code: 10 } as const;
const kinds = { function: 0, table: 1, memory: 2, global: 3 } as const;

/** The numbers of what is added. Functions of the module from `ask` on are one further behind. */
interface Meter {
  readonly type: number;
  readonly ask: number;
  readonly rounds: number;
}

const meterFor = (sections: ReadonlyMap<number, Uint8Array>): Meter => {
  const imported = kindsOfImports(sectionOf(sections, sectionIds.import));
  const countOf = (kind: number): number => imported.filter((one) => one === kind).length;
  return {
    type: new WasmReader(sectionOf(sections, sectionIds.type)).unsigned(),
    ask: countOf(kinds.function),
    rounds: countOf(kinds.global) + new WasmReader(sectionOf(sections, sectionIds.global)).unsigned(),
  };
};

const sectionOf = (sections: ReadonlyMap<number, Uint8Array>, id: number): Uint8Array => {
  const found = sections.get(id);
  if (!found) throw new RangeError(`the WebAssembly has no section ${id}`);
  return found;
};

const kindsOfImports = (content: Uint8Array): number[] => {
  const reader = new WasmReader(content);
  return Array.from({ length: reader.unsigned() }, () => {
    reader.take(reader.unsigned());
    reader.take(reader.unsigned());
    const kind = reader.byte();
    if (kind === kinds.function) reader.skipNumber();
    else if (kind === kinds.global) reader.take(2);
    else {
      if (kind === kinds.table) reader.byte();
      reader.skipNumbers(reader.byte() & 1 ? 2 : 1);
    }
    return kind;
  });
};

type Change = (content: Uint8Array, meter: Meter) => Uint8Array;

/** One more entry behind those that a section has. */
const withEntry =
  (write: (writer: WasmWriter, meter: Meter) => void): Change =>
  (content, meter) => {
    const reader = new WasmReader(content);
    const writer = new WasmWriter(content.length + 64);
    writer.number(reader.unsigned() + 1);
    writer.put(content.subarray(reader.at));
    write(writer, meter);
    return writer.written();
  };

const changes: Readonly<Record<number, Change>> = {
  [sectionIds.type]: withEntry((writer) => writer.put([0x60, 0, 0])),
  [sectionIds.import]: withEntry((writer, { type }) => {
    writer.counted(Buffer.from(meterImport.module));
    writer.counted(Buffer.from(meterImport.name));
    writer.byte(kinds.function);
    writer.number(type);
  }),
  [sectionIds.global]: withEntry((writer) => {
    writer.put([i32, 1]);
    constant(writer, roundsBetween);
    writer.byte(opcodes.end);
  }),
  [sectionIds.start]: (content, meter) => rewritten(content, meter, ({ move }) => move()),
  [sectionIds.export]: (content, meter) =>
    rewritten(content, meter, ({ reader, move }) => {
      for (let left = reader.unsigned(); left > 0; left -= 1) {
        reader.take(reader.unsigned());
        if (reader.byte() === kinds.function) move();
        else reader.skipNumber();
      }
    }),
  [sectionIds.element]: (content, meter) =>
    rewritten(content, meter, ({ reader, move }) => {
      for (let left = reader.unsigned(); left > 0; left -= 1) {
        if (reader.unsigned() !== 0) throw new RangeError('the WebAssembly fills its tables in a way not known here');
        for (let opcode = reader.byte(); opcode !== opcodes.end; opcode = reader.byte()) reader.skipOperands(opcode);
        for (let functions = reader.unsigned(); functions > 0; functions -= 1) move();
      }
    }),
  [sectionIds.code]: (content, meter) => {
    const reader = new WasmReader(content);
    const writer = new WasmWriter(2 * content.length);
    const [round, move] = [counting(meter, 1), counting(meter, roundsOfMove)];
    const count = reader.unsigned();
    writer.number(count);
    for (let left = count; left > 0; left -= 1)
      writer.counted(meteredBody(reader.take(reader.unsigned()), meter, { round, move }));
    return writer.written();
  },
};

/** The body of a function, in which each round of a loop is counted, and each move of memory. */
const meteredBody = (
  body: Uint8Array,
  meter: Meter,
  counted: { readonly round: Uint8Array; readonly move: Uint8Array },
): Uint8Array =>
  rewritten(body, meter, ({ reader, move, insert }) => {
    for (let locals = reader.unsigned(); locals > 0; locals -= 1) reader.skipNumbers(2);
    while (!reader.isAtEnd) {
      const opcode = reader.byte();
      if (opcode === opcodes.call || opcode === opcodes.functionReference) move();
      else reader.skipOperands(opcode);
      if (opcode === opcodes.loop) insert(counted.round);
      else if (opcode === opcodes.more && reader.movesMemory) insert(counted.move);
    }
  });

const i32 = 0x7f;
const constant = (writer: WasmWriter, value: number): void => {
  writer.byte(0x41);
  writer.signed(value);
};

/** `rounds -= weight; if (rounds <= 0) { rounds = roundsBetween; ask(); }` */
const counting = ({ rounds, ask }: Meter, weight: number): Uint8Array => {
  const writer = new WasmWriter(64);
  const [get, set] = [0x23, 0x24].map((opcode) => () => {
    writer.byte(opcode);
    writer.number(rounds);
  }) as [() => void, () => void];
  get();
  constant(writer, weight);
  writer.byte(0x6b);
  set();
  get();
  constant(writer, 0);
  writer.put([0x4c, 0x04, 0x40]);
  constant(writer, roundsBetween);
  set();
  writer.byte(opcodes.call);
  writer.number(ask);
  writer.byte(opcodes.end);
  return writer.written();
};

/** What goes through a part, of which everything else is copied. */
interface Rewriting {
  readonly reader: WasmReader;
  /** Writes the number of a function that is to be read as it is from now on. */
  move(): void;
  /** Writes more, behind what was read. */
  insert(bytes: Uint8Array): void;
}

const rewritten = (content: Uint8Array, { ask }: Meter, go: (rewriting: Rewriting) => void): Uint8Array => {
  const reader = new WasmReader(content);
  const writer = new WasmWriter(content.length + 256);
  let copied = 0;
  const copy = (): void => {
    writer.put(content.subarray(copied, reader.at));
    copied = reader.at;
  };
  go({
    reader,
    move: () => {
      copy();
      const index = reader.unsigned();
      writer.number(index < ask ? index : index + 1);
      copied = reader.at;
    },
    insert: (bytes) => {
      copy();
      writer.put(bytes);
    },
  });
  copy();
  return writer.written();
};
