/** What each byte adds to CRC-16/MCRF4XX, the checksum of MAVLink. */
const table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let mixed = byte;
  mixed = (mixed ^ (mixed << 4)) & 0xff;
  return ((mixed << 8) ^ (mixed << 3) ^ (mixed >> 4)) & 0xffff;
});

/** Checksum of `bytes` from `start` to `end`, without `end`, and of CRC_EXTRA. */
export const checksum = (bytes: Uint8Array, start: number, end: number, crcExtra: number): number => {
  let sum = 0xffff;
  for (let at = start; at < end; at += 1) sum = (sum >> 8) ^ table[(sum ^ bytes[at]!) & 0xff]!;
  return (sum >> 8) ^ table[(sum ^ crcExtra) & 0xff]!;
};
