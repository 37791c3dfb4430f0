import type { FlowDocument } from '@semstreams/contract';
import { inARow } from './in-a-row.ts';

/** Sensors that publish by MQTT, kept in a file; a simulated one stands in for them. It needs a broker, and waits for one. */
export const mqttSensors: FlowDocument = {
  name: 'MQTT sensors to a file',
  description:
    'Receives what sensors publish to an MQTT broker, and keeps it in a file. It waits for a broker on this device; write the address of yours. The sensor is simulated: take it and its output out when yours publish.',
  components: [
    {
      id: 'sensor',
      type: 'simulator_input',
      name: 'Simulated sensor',
      config: {
        rate: 2,
        fields: [
          { kind: 'choice', field: 'room', values: ['hall', 'office', 'store'] },
          { kind: 'sine', field: 'temperature', mean: 21, amplitude: 4, period: 30 },
          { kind: 'time', field: 'time' },
        ],
      },
    },
    {
      id: 'publish',
      type: 'mqtt_output',
      name: 'Publishes',
      config: { url: 'mqtt://127.0.0.1:1883', topic: 'sensors/{room}' },
    },
    {
      id: 'broker',
      type: 'mqtt_input',
      name: 'All sensors',
      config: { url: 'mqtt://127.0.0.1:1883', topics: ['sensors/#'] },
    },
    {
      id: 'readings',
      type: 'file_output',
      name: 'Readings',
      config: { path: 'readings.ndjson', max_size: '8MB', keep: 3 },
    },
  ],
  connections: [
    { from: 'sensor', to: 'publish' },
    { from: 'broker', to: 'readings', delivery: 'guaranteed' },
  ],
  layout: { ...inARow(['sensor', 'publish'], 40), ...inARow(['broker', 'readings'], 240) },
};
