/** The decoder of `mavlink_input` alone, with its tables. */
export { messagesOf } from '../../server/src/components/mavlink-input/dialects.ts';
export { Decoder } from '../../server/src/components/mavlink-input/mavlink-input.ts';
