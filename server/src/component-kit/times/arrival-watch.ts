/** Tells whether what comes in is as old as it would be on its way: a flow that works off what has waited is behind. */
export interface ArrivalWatch {
  /** A message was handed over that came in at this time, in milliseconds since 1970. */
  saw(cameInMs: number): void;
  /** Whether older messages may still come, so that nothing ends by the clock. */
  readonly isBehind: boolean;
  /** Milliseconds since the last message. */
  readonly silence: number;
}

/** From this age on, in milliseconds, a message has waited somewhere. */
const behindMs = 1000;

export const arrivalWatch = (clock: { now(): number; monotonic(): number }): ArrivalWatch => {
  let sawAt = clock.monotonic();
  let wasOld = false;
  const silence = (): number => clock.monotonic() - sawAt;
  return {
    saw: (cameInMs) => {
      sawAt = clock.monotonic();
      wasOld = clock.now() - cameInMs > behindMs;
    },
    get isBehind() {
      return wasOld && silence() < behindMs;
    },
    get silence() {
      return silence();
    },
  };
};
