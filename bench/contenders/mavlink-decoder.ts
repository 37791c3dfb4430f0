/** The decoder of `mavlink_input` alone, with its tables. */
export { messagesOf } from '../../server/src/component-kit/mavlink/dialects.ts';
export { Decoder } from '../../server/src/component-kit/mavlink/decoder.ts';
