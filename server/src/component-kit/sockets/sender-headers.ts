import type { Headers } from '../../engine/message.ts';

/** So many senders are known at once; those that were heard first are forgotten first, and made again. */
const mostSenders = 1000;

/** The headers of messages by their sender, `address:port`: made once for each, so that messages share them. */
export const senderHeaders = (): ((address: string) => Headers) => {
  const known = new Map<string, Headers>();
  return (address) => {
    let headers = known.get(address);
    if (headers) return headers;
    if (known.size >= mostSenders) known.delete(known.keys().next().value!);
    headers = Object.freeze({ address });
    known.set(address, headers);
    return headers;
  };
};
