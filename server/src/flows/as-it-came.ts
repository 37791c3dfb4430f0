/**
 * A document as people send back what the server gave: its `revision` is left aside, since "If-Match" says what a write builds
 * on. Whatever else it may be is left as it is.
 */
export const withoutRevision = (document: unknown): unknown => {
  if (typeof document !== 'object' || document === null || !('revision' in document)) return document;
  const { revision, ...rest } = document;
  return Number.isInteger(revision) && !Array.isArray(document) ? rest : document;
};
