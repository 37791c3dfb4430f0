/** `processors-process.mjs PROCESSORS CASE SECONDS`: gives messages to one processor and prints how many in how many seconds of CPU. */
const [file, name, wanted] = process.argv.slice(2);
const processors = await import(file);
const { Message, RecordedMap } = processors;

const rooms = ['hall', 'office', 'store', 'lab', 'yard'];
const readingOf = (n, keys) => ({
  sensor: `sensor-${n % keys}`,
  room: rooms[n % rooms.length],
  temperature: 15 + ((n * 7919) % 1000) / 50,
  humidity: 40 + (n % 20),
  battery: n % 100,
  position: { lat: 53.2 + (n % 100) / 1000, lon: 5.4 },
  time: 1_700_000_000_000 + n * 5,
});
/** Parsed messages, so many that none of it is at hand by chance. */
const readings = (keys = 1000) =>
  Array.from({ length: 20_000 }, (_, n) => new Message(readingOf(n, keys), Date.now(), 'bench', n));

const rowOf = (n) => {
  const { sensor, room, temperature, humidity, battery, time } = readingOf(n, 1000);
  return [sensor, room, temperature, humidity, battery, time].join(',');
};
const header = 'sensor,room,temperature,humidity,battery,time';
const tables = (rows) =>
  Array.from({ length: 20_000 / rows }, (_, n) => {
    const lines = Array.from({ length: rows }, (_, row) => rowOf(n * rows + row));
    const text = rows === 1 ? lines[0] : [header, ...lines].join('\n');
    return new Message({ text, from: '127.0.0.1:5000' }, Date.now(), 'bench', n);
  });

const rule = (field, operator, value) => ({ rules: [{ field, operator, value }] });
const cases = {
  filter: { type: 'jsonFilter', config: rule('battery', 'gte', 20), messages: readings },
  map: {
    type: 'jsonMap',
    config: {
      steps: [
        { do: 'rename', from: 'sensor', to: 'name' },
        { do: 'scale', field: 'temperature', factor: 1.8 },
        { do: 'set', field: 'site', value: 'north' },
      ],
    },
    messages: readings,
  },
  router: {
    type: 'router',
    config: {
      routes: [
        { name: 'weak', ...rule('battery', 'lt', 20) },
        { name: 'warm', ...rule('temperature', 'gt', 25) },
        { name: 'hall', ...rule('room', 'eq', 'hall') },
      ],
    },
    messages: readings,
  },
  throttle: { type: 'throttle', config: { by: ['sensor'] }, messages: readings },
  changed: { type: 'changed', config: { fields: ['temperature'], deadband: 0.5, by: ['sensor'] }, messages: readings },
  aggregate: {
    type: 'aggregate',
    config: {
      size: '10s',
      by: ['sensor'],
      results: [{ calculate: 'mean', field: 'temperature' }, { calculate: 'count' }],
    },
    messages: () => readings(10_000),
  },
  rule: {
    type: 'rule',
    config: { rules: [{ field: 'temperature', operator: 'gt', value: 40 }] },
    messages: readings,
  },
  'parse-tables': { type: 'parse', config: { format: 'csv' }, messages: () => tables(100), each: 100 },
  'parse-rows': {
    type: 'parse',
    config: { format: 'csv', header: 'none', columns: header.split(',') },
    messages: () => tables(1),
  },
};

const { type, config, messages, each = 1 } = cases[name];
const given = messages();
let dropped = 0;
let made = 0;
/** Five messages a millisecond, so that each key comes five times in ten seconds. */
const stepMs = 0.2;
let clock = Date.now();
const io = {
  isKept: false,
  signal: new AbortController().signal,
  now: () => clock,
  monotonic: () => clock,
  random: Math.random,
  message: (payload) => new Message(payload, 0, 'bench', (made += 1)),
  drop: () => (dropped += 1),
  invalid: (sentence) => {
    throw new Error(sentence);
  },
  report: () => undefined,
  kept: (_, options) => new RecordedMap(options),
};
const definition = processors[type];
const component = definition.create({ config: definition.config.parse(config), io });
let out = 0;
const count = (outcome) => {
  for (const port in outcome) out += Array.isArray(outcome[port]) ? outcome[port].length : 1;
};
const round = () => {
  for (const { payload } of given) {
    clock += stepMs;
    count(component.in(new Message(payload, clock, 'bench', 1)));
  }
  component.tick?.();
};
round();
const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const begin = cpuSeconds();
let messagesGiven = 0;
while (cpuSeconds() - begin < Number(wanted)) {
  round();
  messagesGiven += given.length * each;
}
console.log(JSON.stringify({ messages: messagesGiven, seconds: cpuSeconds() - begin, out, dropped }));
