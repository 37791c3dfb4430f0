const textFrame = 0x81;

/**
 * Every text as an unmasked text frame of RFC 6455 section 5.2, one after the other in one buffer: what is the same for
 * all receivers is made once, and leaves in one write for each.
 */
export const textFrames = (texts: readonly string[]): Buffer => {
  const lengths = texts.map((text) => Buffer.byteLength(text));
  const total = lengths.reduce((sum, length) => sum + headerLength(length) + length, 0);
  const frames = Buffer.allocUnsafe(total);
  let at = 0;
  texts.forEach((text, index) => {
    const length = lengths[index]!;
    at = writeHeader(frames, at, length);
    at += frames.write(text, at, length, 'utf8');
  });
  return frames;
};

/** Cuts a list of texts into lists of about `mostCharacters` each, so that a large batch is not all or nothing. */
export const pieces = (texts: readonly string[], mostCharacters: number): string[][] => {
  const cut: string[][] = [];
  let size = mostCharacters;
  for (const text of texts) {
    if (size >= mostCharacters) {
      cut.push([]);
      size = 0;
    }
    cut.at(-1)!.push(text);
    size += text.length;
  }
  return cut;
};

const headerLength = (length: number): number => (length < 126 ? 2 : length < 65_536 ? 4 : 10);

const writeHeader = (frames: Buffer, at: number, length: number): number => {
  frames[at] = textFrame;
  if (length < 126) {
    frames[at + 1] = length;
    return at + 2;
  }
  if (length < 65_536) {
    frames[at + 1] = 126;
    return frames.writeUInt16BE(length, at + 2);
  }
  frames[at + 1] = 127;
  return frames.writeBigUInt64BE(BigInt(length), at + 2);
};
