import { connectReceiver } from './load.mjs';
import { runStep } from './step.mjs';

export const stepSeconds = 4;
const probeSeconds = 1.5;
const warmUpSeconds = 3;
/** The rate at which everybody's latency and CPU are compared. */
export const commonRate = 8000;
/** The sender's own limit lies above. */
const mostPerSecond = 400_000;

/**
 * Starts a contender, warms it up, and looks for the highest steady rate at which every message arrives in two of three
 * tries, to a tenth exactly. Returns the step at the common rate and the last one that held.
 */
export const findHighest = async ({ start, guess, extraRates = [] }) => {
  const contender = await start();
  const receiver = await connectReceiver(contender.webSocket);
  try {
    await runStep(contender, receiver, { rate: commonRate, seconds: warmUpSeconds });
    const atCommonRate = await runStep(contender, receiver, { rate: commonRate, seconds: stepSeconds });
    const extra = [];
    for (const rate of extraRates) extra.push(await runStep(contender, receiver, { rate, seconds: stepSeconds }));
    const begin = await probe(contender, receiver, guess);
    const highest = await climb(contender, receiver, begin);
    return { name: contender.name, atCommonRate, highest, extra };
  } finally {
    await receiver.end();
    await contender.stop();
  }
};

/** Short steps to come near: upwards by a third while nothing is lost, downwards until nothing is. */
const probe = async (contender, receiver, guess) => {
  const isLossless = async (rate) => (await runStep(contender, receiver, { rate, seconds: probeSeconds })).lost === 0;
  let rate = guess;
  if (await isLossless(rate)) {
    while (rate * 1.33 < mostPerSecond && (await isLossless(rate * 1.33))) rate *= 1.33;
    return rate;
  }
  do rate /= 1.33;
  while (rate > 500 && !(await isLossless(rate)));
  return rate;
};

const climb = async (contender, receiver, begin) => {
  let held = await holds(contender, receiver, begin);
  if (!held) {
    let rate = begin;
    while (!held && rate > 500) held = await holds(contender, receiver, (rate /= 1.1));
    return held;
  }
  for (let rate = begin * 1.1; rate < mostPerSecond; rate *= 1.1) {
    const higher = await holds(contender, receiver, rate);
    if (!higher) return held;
    held = higher;
  }
  return held;
};

/** The better of the steps without loss, where two of three are. */
const holds = async (contender, receiver, rate) => {
  const good = [];
  for (let tries = 0; tries < 3 && good.length < 2 && tries - good.length < 2; tries += 1) {
    const step = await runStep(contender, receiver, { rate: Math.round(rate), seconds: stepSeconds });
    if (step.lost === 0) good.push(step);
  }
  return good.length === 2 ? good[1] : undefined;
};
