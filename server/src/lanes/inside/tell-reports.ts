type State = 'running' | 'waiting';
type Tell = (component: number, state: State, sentence: string) => void;

/** How often the reports of one component are told at most, in milliseconds. */
const quietMs = 200;
const longestSentence = 500;

/**
 * Tells the first report of a component at once and, of what it says right after, the last one: however much a component
 * has to say, those who listen have other things to do.
 */
export const tellReports = (tell: Tell): Tell => {
  const quiet = new Map<number, { readonly state: State; readonly sentence: string } | undefined>();
  const say = (component: number, state: State, sentence: string): void => {
    tell(component, state, sentence);
    quiet.set(component, undefined);
    setTimeout(() => {
      const last = quiet.get(component);
      quiet.delete(component);
      if (last) say(component, last.state, last.sentence);
    }, quietMs).unref();
  };
  return (component, state, given) => {
    const sentence = String(given).slice(0, longestSentence);
    if (quiet.has(component)) quiet.set(component, { state, sentence });
    else say(component, state, sentence);
  };
};
