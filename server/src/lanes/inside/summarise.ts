/** How often the same thing is told at most, in milliseconds. */
const quietMs = 1000;

/**
 * Tells of what happens to many messages without telling it for each: at once the first time, then at most once a second
 * per component, with the number since.
 */
export const summarise = (
  tell: (component: number, sentence: string, count: number) => void,
): ((component: number, sentence: string) => void) => {
  const pending = new Map<number, { sentence: string; count: number }>();
  return (component, sentence) => {
    const known = pending.get(component);
    if (known) {
      known.sentence = sentence;
      known.count += 1;
      return;
    }
    tell(component, sentence, 1);
    pending.set(component, { sentence, count: 0 });
    setTimeout(() => {
      const since = pending.get(component)!;
      pending.delete(component);
      if (since.count > 0) tell(component, since.sentence, since.count);
    }, quietMs).unref();
  };
};
