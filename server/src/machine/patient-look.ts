/** A drive, such as one of another machine that is gone, does not answer; the message names what was looked at. */
export class DoesNotAnswer extends Error {
  override readonly name = 'DoesNotAnswer';
}

export const doesNotAnswer = (what: string): DoesNotAnswer =>
  new DoesNotAnswer(`"${what}" does not answer: if it is a network drive, see whether its server is there`);

/**
 * Makes looks at something that may never answer end: each rejects with DoesNotAnswer after `withinMs`, and as long as one
 * hangs all further ones do so at once. Node has four threads for files; a look that hangs keeps one of them.
 */
export const patientLooks = (what: string, withinMs = 5000) => {
  let hanging = 0;
  return async <Found>(look: () => Promise<Found>): Promise<Found> => {
    if (hanging > 0) throw doesNotAnswer(what);
    return new Promise<Found>((resolve, reject) => {
      let isLate = false;
      const patience = setTimeout(() => {
        isLate = true;
        hanging += 1;
        reject(doesNotAnswer(what));
      }, withinMs);
      const done = (): void => {
        clearTimeout(patience);
        if (isLate) hanging -= 1;
      };
      look().finally(done).then(resolve, reject);
    });
  };
};
