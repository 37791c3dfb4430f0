/** Sentences for people who listen instead of looking. The last one stands in the polite live region of the shell. */
class Announcements {
  private sentence = '';
  private readonly listeners = new Set<() => void>();

  readonly read = (): string => this.sentence;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  say(sentence: string): void {
    // the same sentence again must change the text, else nobody hears it
    this.sentence = sentence === this.sentence ? `${sentence}\u00a0` : sentence;
    for (const listener of this.listeners) listener();
  }
}

export const announcements = new Announcements();

export const announce = (sentence: string): void => announcements.say(sentence);
