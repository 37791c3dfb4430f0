import type { FlowDocument } from '@semstreams/contract';
import { inARow } from './in-a-row.ts';
import { publishedSensors } from './published-sensors.ts';

/** Sensors that publish by MQTT, kept in a file; a simulated one stands in for them. It needs a broker, and waits for one. */
export const mqttSensors: FlowDocument = {
  name: 'MQTT sensors to a file',
  description:
    'Receives what sensors publish to an MQTT broker, and keeps it in a file. It waits for a broker on this device; write the address of yours. The sensor is simulated: take it and its output out when yours publish.',
  components: [
    ...publishedSensors,
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
