/** A payload for people: as JSON, and raw bytes as the text that they are, where they are one. */
export const payloadText = (payload: unknown, indent?: number): string =>
  textOfBytes(payload) ?? JSON.stringify(payload, undefined, indent);

/** The text in `{ "base64": … }`, unless its bytes are no text that can be shown. */
const textOfBytes = (payload: unknown): string | undefined => {
  if (typeof payload !== 'object' || payload === null) return undefined;
  const { base64, ...rest } = payload as { base64?: unknown };
  if (typeof base64 !== 'string' || Object.keys(rest).length > 0) return undefined;
  try {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return /^[^\p{Cc}]*$/u.test(text.replace(/[\n\r\t]/g, '')) ? text : undefined;
  } catch {
    return undefined; // neither base64 nor text: shown as it is
  }
};
