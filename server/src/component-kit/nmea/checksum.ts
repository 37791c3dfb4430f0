/** All characters between `from` and `to`, joined by exclusive or. Each stands for one byte. */
export const checksum = (text: string, from = 0, to = text.length): number => {
  let sum = 0;
  for (let at = from; at < to; at += 1) sum ^= text.charCodeAt(at);
  return sum;
};

/** The two hexadecimal digits behind the star at `star`; -1 where there are none. */
export const sumAt = (text: string, star: number): number => {
  const digits = text.slice(star + 1, star + 3);
  return /^[0-9A-Fa-f]{2}$/.test(digits) ? Number.parseInt(digits, 16) : -1;
};
