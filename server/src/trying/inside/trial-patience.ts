/** How much work a trial may be, and how long it may wait for something, before it answers with what it has; in milliseconds. */
export const mostWorkMs = 5000;
/** One that gets hardly any of the processor has so many times as long. */
const starvedFactor = 6;
const lookMs = 100;
/** Whoever worked less than this between two looks, and was not late for the second, has waited. */
const restingMs = 20;

/** Resolves when this process has worked, or waited, for as long as a trial may. A busy machine ends none early. */
export const patienceOver = async (mostMs = mostWorkMs): Promise<'over'> =>
  new Promise((resolve) => {
    const start = { at: performance.now(), worked: workedMs() };
    let last = start;
    let waited = 0;
    const looking = setInterval(() => {
      const present = { at: performance.now(), worked: workedMs() };
      const isResting = present.worked - last.worked < restingMs && present.at - last.at < 2 * lookMs;
      waited += isResting ? present.at - last.at : 0;
      last = present;
      const isOver =
        present.worked - start.worked >= mostMs || waited >= mostMs || present.at - start.at >= starvedFactor * mostMs;
      if (!isOver) return;
      clearInterval(looking);
      resolve('over');
    }, lookMs).unref();
  });

const workedMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
