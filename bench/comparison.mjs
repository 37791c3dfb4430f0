import { startBareScript } from './contenders/bare-script.mjs';
import { startNodeRed } from './contenders/node-red.mjs';
import { startSemStreams } from './contenders/semstreams.mjs';
import { findHighest } from './measure/highest.mjs';
import { untilIdle } from './measure/idle-machine.mjs';
import { median } from './measure/statistics.mjs';
import { moveTo, restCore } from './measure/cores.mjs';

/** In a flow with a guaranteed connection the broker has the other core: two cores is what the smallest device has. */
const withBrokerAside = async (options) => {
  const contender = await startSemStreams(options);
  if (contender.broker !== undefined) moveTo(restCore, contender.broker);
  return contender;
};

/** Everyone whose rate is looked for: how to start it, and from where to look. */
const contenders = {
  semstreams: { guess: 60_000, start: (node) => startSemStreams({ node }) },
  'node-red': { guess: 12_000, start: (node) => startNodeRed({ node }) },
  'bare-script': { guess: 60_000, start: (node) => startBareScript({ node }) },
  'pass-through': { guess: 60_000, start: (node) => startSemStreams({ node, flow: { passThrough: 10 } }) },
  guaranteed: {
    guess: 40_000,
    extraRates: [50_000],
    start: (node) =>
      withBrokerAside({ node, flow: { delivery: 'guaranteed' }, settings: { SEMSTREAMS_NATS_SYNC: '1s' } }),
  },
  'guaranteed-on-disk': {
    guess: 30_000,
    start: (node) => withBrokerAside({ node, flow: { delivery: 'guaranteed' } }),
  },
};

const rounds = 2;

/**
 * Figures that several rows need, each measured once in a run: those that are compared take turns (A B A B), and what
 * counts is the median.
 */
export const compare = ({ node, say }) => {
  const known = new Map();

  const measure = async (names) => {
    for (let round = 0; round < rounds; round += 1)
      for (const name of names) {
        const { start, guess, extraRates } = contenders[name];
        const before = known.get(name) ?? [];
        const from = before[0]?.highest ? before[0].highest.rate / 1.1 : guess;
        await untilIdle();
        const found = await findHighest({ start: () => start(node), guess: from, extraRates });
        known.set(name, [...before, found]);
        say(
          `${name}: ${found.highest?.rate ?? 0} messages/s without loss, ${found.atCommonRate.p99.toFixed(2)} ms at 8 000/s`,
        );
      }
  };

  return {
    /** For each name the runs of it; what is not known yet is measured. */
    async runsOf(...names) {
      const missing = names.filter((name) => !known.has(name));
      if (missing.length > 0) await measure(missing);
      return names.map((name) => summary(known.get(name)));
    },
    all: () => Object.fromEntries(known),
  };
};

const summary = (runs) => {
  const of = (read) => median(runs.map(read));
  return {
    rate: of(({ highest }) => highest?.rate ?? 0),
    cpu: of(({ highest }) => highest?.cpu ?? Number.NaN),
    cpuByProcess: runs[0].highest?.cpuByProcess ?? [],
    commonCpu: of(({ atCommonRate }) => atCommonRate.cpu),
    commonP99: of(({ atCommonRate }) => atCommonRate.p99),
    commonP50: of(({ atCommonRate }) => atCommonRate.p50),
    memory: of(({ highest, atCommonRate }) => sum((highest ?? atCommonRate).memory)),
    extra: runs.flatMap(({ extra }) => extra),
    runs,
  };
};

const sum = (values) => values.reduce((total, value) => total + value, 0);
