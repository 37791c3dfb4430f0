import { interruption } from './run.mjs';

/** What went wrong, in one sentence for the person at the terminal. */
export class SetupError extends Error {}

export const say = (sentence) => console.log(`· ${sentence}`);

/** Ends the process with one sentence where the setup went wrong, and with `whenInterrupted` as exit code after Ctrl+C. */
export const orExplain = async (work, { whenInterrupted }) => {
  try {
    return await interruption.during(work);
  } catch (thrown) {
    if (interruption.happened) process.exit(whenInterrupted);
    if (!(thrown instanceof SetupError)) throw thrown;
    console.error(thrown.message);
    process.exit(1);
  }
};
