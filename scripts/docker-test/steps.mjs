import { performance } from 'node:perf_hooks';

let [passed, failed] = [0, 0];

export const counts = () => ({ passed, failed });

export const note = (sentence) => console.log(`· ${sentence}`);

/** One thing that must be true. A failure is told and counted, and what follows still runs. */
export const step = async (sentence, check) => {
  const startedAt = performance.now();
  try {
    const measured = await check();
    passed += 1;
    const took = `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
    console.log(`  ✓ ${sentence}${measured === undefined ? '' : `: ${measured}`} (${took})`);
  } catch (thrown) {
    failed += 1;
    console.log(`  ✗ ${sentence}\n      ${String(thrown?.message ?? thrown).replaceAll('\n', '\n      ')}`);
  }
};

/** Tries until `check` neither throws nor answers false; throws what it threw last when the time is up. */
export const eventually = async (check, withinMs = 60_000) => {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      const answer = await check();
      if (answer !== false) return answer;
      if (performance.now() > deadline) throw new Error(`still not so after ${withinMs / 1000} s: ${check}`);
    } catch (thrown) {
      if (performance.now() > deadline) throw thrown;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};
