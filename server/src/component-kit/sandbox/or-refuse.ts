import { InvalidMessage } from '../../engine/fault.ts';

/** What `work` gives, now or later; what it throws costs the message, with the sentence that `whyOf` makes of it. */
export const orRefuse = <Result>(
  work: () => Result | Promise<Result>,
  whyOf: (thrown: unknown) => string,
): Result | Promise<Result> => {
  const refuse = (thrown: unknown): never => {
    throw new InvalidMessage(whyOf(thrown), { cause: thrown });
  };
  try {
    const made = work();
    return made instanceof Promise ? made.catch(refuse) : made;
  } catch (thrown) {
    return refuse(thrown);
  }
};
