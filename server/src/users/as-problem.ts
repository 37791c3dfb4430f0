import { LoginRefused } from '../access/access.ts';
import { Refused } from '../access/refused.ts';
import { TooManyWaiting } from '../access/turns.ts';
import { HttpProblem } from '../web/problems.ts';

/** Does what is asked of users, sessions or tokens; what is refused there is a problem here. */
export const asProblem = async <Result>(work: () => Result | Promise<Result>): Promise<Result> => {
  try {
    return await work();
  } catch (thrown) {
    const { message } = thrown as Error;
    if (thrown instanceof Refused) throw new HttpProblem(thrown.status, message, undefined, { cause: thrown });
    if (thrown instanceof TooManyWaiting)
      throw new HttpProblem(429, message, undefined, { cause: thrown, retryAfterSeconds: 5 });
    if (thrown instanceof LoginRefused && thrown.waitMs !== undefined)
      throw new HttpProblem(429, message, undefined, {
        cause: thrown,
        retryAfterSeconds: Math.ceil(thrown.waitMs / 1000),
      });
    if (thrown instanceof LoginRefused) throw new HttpProblem(401, message, undefined, { cause: thrown });
    throw thrown;
  }
};
