/** So long what is under way may still come to its end, in milliseconds. */
const graceMs = 1000;

/** Aborted a moment after another signal: what was sent and is answered in that moment need not be sent again. */
export const afterGrace = (signal: AbortSignal): AbortSignal => {
  const late = new AbortController();
  const begin = (): void => void setTimeout(() => late.abort(signal.reason), graceMs).unref();
  if (signal.aborted) late.abort(signal.reason);
  else signal.addEventListener('abort', begin, { once: true });
  return late.signal;
};
