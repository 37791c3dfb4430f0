/** Reads the binary format of WebAssembly 2.0 without vectors, threads and exceptions. Throws a RangeError for what is none of it. */
export class WasmReader {
  at = 0;
  /** Whether the last instruction of those with two opcodes was one that moves memory. */
  movesMemory = false;

  constructor(readonly bytes: Uint8Array) {}

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  byte(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) throw new RangeError('the WebAssembly is cut off');
    this.at += 1;
    return byte;
  }

  take(length: number): Uint8Array {
    if (length > this.bytes.length - this.at) throw new RangeError('the WebAssembly is cut off');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** An unsigned number in LEB128. */
  unsigned(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  /** Any number in LEB128. */
  skipNumber(): void {
    while (this.byte() >= 0x80);
  }

  skipNumbers(count: number): void {
    for (let left = count; left > 0; left -= 1) this.skipNumber();
  }

  /** What stands behind an opcode. */
  skipOperands(opcode: number): void {
    const kind = operandsOf(opcode);
    if (typeof kind === 'number') return this.skipNumbers(kind);
    switch (kind) {
      case 'numbers and one more':
        return this.skipNumbers(this.unsigned() + 1);
      case 'numbers':
        return this.skipNumbers(this.unsigned());
      case 'four bytes':
        return void this.take(4);
      case 'eight bytes':
        return void this.take(8);
      case 'more': {
        const second = this.unsigned();
        this.movesMemory = memoryMoves.has(second);
        return this.skipNumbers(operandsOfMore(second));
      }
    }
  }
}

export const opcodes = { loop: 0x03, end: 0x0b, call: 0x10, functionReference: 0xd2, more: 0xfc } as const;

/** Of a row of opcodes up to this one: how many numbers stand behind each, or what else. */
type Operands = number | 'numbers' | 'numbers and one more' | 'four bytes' | 'eight bytes' | 'more';
const rows: readonly (readonly [last: number, operands: Operands | undefined])[] = [
  [0x01, 0], // unreachable, nop
  [0x04, 1], // block, loop, if
  [0x05, 0], // else
  [0x0a, undefined],
  [0x0b, 0], // end
  [0x0d, 1], // br, br_if
  [0x0e, 'numbers and one more'], // br_table
  [0x0f, 0], // return
  [0x10, 1], // call
  [0x11, 2], // call_indirect
  [0x19, undefined],
  [0x1b, 0], // drop, select
  [0x1c, 'numbers'], // select of a type
  [0x1f, undefined],
  [0x26, 1], // variables and tables
  [0x27, undefined],
  [0x3e, 2], // loads and stores
  [0x42, 1], // the size of the memory, whole constants
  [0x43, 'four bytes'],
  [0x44, 'eight bytes'],
  [0xc4, 0], // reckoning
  [0xcf, undefined],
  [0xd0, 1], // ref.null
  [0xd1, 0], // ref.is_null
  [0xd2, 1], // ref.func
  [0xfb, undefined],
  [0xfc, 'more'],
  [0xff, undefined],
];

const table = Array.from({ length: 256 }, (_, opcode) => rows.find(([last]) => opcode <= last)![1]);

const operandsOf = (opcode: number): Operands => {
  const found = table[opcode];
  if (found === undefined) throw new RangeError(`the WebAssembly has an instruction that is not known here: ${opcode}`);
  return found;
};

/** `memory.init`, `memory.copy` and `memory.fill`. */
const memoryMoves: ReadonlySet<number> = new Set([8, 10, 11]);

/** Conversions, then what moves memory and tables. */
const operandsOfMore = (opcode: number): number => {
  const found = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1][opcode];
  if (found === undefined)
    throw new RangeError(`the WebAssembly has an instruction that is not known here: 0xfc ${opcode}`);
  return found;
};
