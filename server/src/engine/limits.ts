/** What the engine takes of one message, and hands on at once. Sizes are in bytes, estimated, as in `Message.size`. */
export const limits = {
  /** How many lists and objects of JSON may lie within each other: far more than data has, far less than breaks a program. */
  levels: 500,
  /** What one message may take once it is parsed: a list of short values takes many times its text. */
  parsed: 64 * 1024 ** 2,
  /** What the steps of a processor may add to one message. */
  growth: 16 * 1024 ** 2,
  /** What an input hands on as one batch, unless one message alone is larger. */
  batch: 1024 ** 2,
  /** What a processor makes of one batch before it hands on what it has. */
  made: 4 * 1024 ** 2,
} as const;

/** What a message takes beside its payload. */
export const messageOverhead = 256;
