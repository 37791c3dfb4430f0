import { atLeast, atMost, megabytes, microseconds, milliseconds, percent, perSecond } from '../report/figures.mjs';

/** Those that the rows on rates compare; measured once in a run, taking turns. */
const compared = ['semstreams', 'node-red', 'bare-script'];

export const p1 = {
  id: 'p1',
  title: 'live, UDP, without loss',
  async run({ comparison }) {
    const [ours, red, bare] = await comparison.runsOf(...compared);
    const measure = 'live, UDP, without loss';
    return [
      {
        measure,
        ours: perSecond(ours.rate),
        beside: `Node-RED ${perSecond(red.rate)}`,
        ...atLeast(ours.rate / red.rate, 4),
      },
      {
        measure,
        ours: perSecond(ours.rate),
        beside: `bare script ${perSecond(bare.rate)}`,
        ...atLeast(ours.rate / bare.rate, 0.75),
      },
    ];
  },
};

const guaranteed = ({ id, name, measure, bound }) => ({
  id,
  title: measure,
  async run({ comparison }) {
    const [, red] = await comparison.runsOf(...compared);
    const [ours] = await comparison.runsOf(name);
    const beside = `Node-RED, which guarantees nothing, ${perSecond(red.rate)}`;
    return [{ measure, ours: perSecond(ours.rate), beside, ...atLeast(ours.rate / red.rate, bound) }];
  },
});

export const p2 = guaranteed({
  id: 'p2',
  name: 'guaranteed',
  measure: 'last connection guaranteed, survives kill -9',
  bound: 3.5,
});

export const p3 = guaranteed({
  id: 'p3',
  name: 'guaranteed-on-disk',
  measure: 'last connection guaranteed, survives a power cut',
  bound: 2.5,
});

export const p5 = {
  id: 'p5',
  title: 'CPU per message',
  async run({ comparison }) {
    const [ours, red] = await comparison.runsOf(...compared);
    return [
      {
        measure: 'CPU per message at the highest rate',
        ours: microseconds(ours.cpu),
        beside: `Node-RED ${microseconds(red.cpu)}`,
        ...atMost(ours.cpu / red.cpu, 0.25),
      },
      {
        measure: 'CPU per message at 8 000/s',
        ours: microseconds(ours.commonCpu),
        beside: `Node-RED ${microseconds(red.commonCpu)}`,
        ...atMost(ours.commonCpu / red.commonCpu, 0.55),
      },
    ];
  },
};

export const p6 = {
  id: 'p6',
  title: 'latency at 8 000/s',
  async run({ comparison }) {
    const [ours, red] = await comparison.runsOf(...compared);
    const [stored] = await comparison.runsOf('guaranteed-on-disk');
    return [
      {
        measure: 'p99 at 8 000/s, live',
        ours: milliseconds(ours.commonP99),
        beside: `Node-RED ${milliseconds(red.commonP99)}`,
        ...atMost(ours.commonP99 / red.commonP99, 0.5),
      },
      {
        measure: 'p99 at 8 000/s, guaranteed',
        ours: milliseconds(stored.commonP99),
        beside: `median ${milliseconds(stored.commonP50)}`,
        found: milliseconds(stored.commonP99),
        target: '≤ 10 ms',
        isMet: stored.commonP99 <= 10,
      },
    ];
  },
};

export const p10 = {
  id: 'p10',
  title: 'ten pass-through processors more',
  async run({ comparison }) {
    const [plain] = await comparison.runsOf(...compared);
    const [longer] = await comparison.runsOf('pass-through');
    const off = 1 - longer.rate / plain.rate;
    return [
      {
        measure: 'ten pass-through processors more',
        ours: perSecond(longer.rate),
        beside: `without them ${perSecond(plain.rate)}`,
        found: `${percent(off)} off`,
        target: '≤ 15 % off',
        isMet: off <= 0.15,
      },
    ];
  },
};

export const p15 = {
  id: 'p15',
  title: 'memory at 50 000/s guaranteed',
  async run({ comparison }) {
    const [ours] = await comparison.runsOf('guaranteed');
    const step = ours.extra.at(-1);
    const [server, broker] = step.memory;
    return [
      {
        measure: 'server and broker at 50 000/s guaranteed',
        ours: megabytes(server + broker),
        beside: `server ${megabytes(server)}, broker ${megabytes(broker)}; ${step.lost} of ${step.expected} lost`,
        found: megabytes(server + broker),
        target: '≤ 350 MB',
        isMet: server + broker <= 350 && step.lost === 0,
      },
    ];
  },
};
