import { describe, expect, it } from 'vitest';
import { loadAllDefinitions } from '../catalogue/load-definition.ts';
import { schemaOf } from '../component-kit/testing/surroundings.contract.ts';

/** What every type has that reaches others by the network, or is reached: the settings of which one at least is there, or all. */
const parts = {
  'files of TLS': (has: Has) => has('ca_file') && has('cert_file') && has('key_file'),
  'the name in a certificate': (has: Has) => has('server_name'),
  'a way to say who one is': (has: Has) => ['token', 'username', 'credentials_file', 'signing_key'].some(has),
  'an end of waiting': (has: Has) =>
    ['timeout', 'longest_wait', 'idle_timeout', 'ping_interval', 'keep_alive'].some(has),
  'a test of the connection': (_: Has, probes: string | undefined) => probes !== undefined,
} as const;
type Part = keyof typeof parts;
type Has = (setting: string) => boolean;

const datagrams = {
  'files of TLS': 'datagrams have no line that could be secured',
  'the name in a certificate': 'datagrams have no line that could be secured',
  'a way to say who one is': 'who sends datagrams shows nothing but an address',
  'an end of waiting': 'nothing is waited for',
} as const;
const rawTcp = {
  'a way to say who one is': 'a line without a protocol has no words for it: certificates say it',
} as const;
const mavlink = {
  'files of TLS': 'frames are signed one by one instead',
  'the name in a certificate': 'frames are signed one by one instead',
  'an end of waiting': 'vehicles are silent for as long as they like: silence is told, and nothing waits for them',
  'a test of the connection':
    'a vehicle answers to nobody that it has not heard: it is told in the status who is there',
} as const;

/** What one has not, and why. */
const without: Readonly<Record<string, Partial<Record<Part, string>>>> = {
  udp_input: datagrams,
  udp_output: datagrams,
  tcp_input: rawTcp,
  tcp_output: rawTcp,
  nmea_input: rawTcp,
  mavlink_input: mavlink,
  mavlink_output: mavlink,
  http_input: { 'the name in a certificate': 'it listens, and dials nobody' },
};

const networked = (await loadAllDefinitions())
  .map((definition) => ({
    type: definition.type,
    probes: definition.probes,
    settings: Object.keys(schemaOf(definition.config).properties ?? {}),
  }))
  .filter(({ settings }) => ['url', 'address', 'host', 'servers'].some((name) => settings.includes(name)));

it('knows all types that reach others', () =>
  expect(networked.map(({ type }) => type).sort()).toEqual([
    'http_input',
    'http_output',
    'http_poll_input',
    'influx_output',
    'mavlink_input',
    'mavlink_output',
    'mqtt_input',
    'mqtt_output',
    'nats_input',
    'nats_output',
    'nmea_input',
    'sql_output',
    'tcp_input',
    'tcp_output',
    'udp_input',
    'udp_output',
    'websocket_input',
    'websocket_output',
  ]));

describe.each(networked)('$type', ({ type, settings, probes }) => {
  it.each(Object.keys(parts) as Part[])('has %s, or it is said why not', (part) => {
    const isThere = parts[part]((setting) => settings.includes(setting), probes);
    expect({ isThere, why: without[type]?.[part] }).toEqual(
      isThere ? { isThere, why: undefined } : { isThere, why: expect.any(String) as unknown },
    );
  });
});
