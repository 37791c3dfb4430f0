import type { FlowDocument } from '@semstreams/contract';
import { inARow } from './in-a-row.ts';

/** Means of rooms in InfluxDB; the sensors are simulated. It needs a server, and waits for one. */
export const aggregateToInflux: FlowDocument = {
  name: 'Aggregate to InfluxDB',
  description:
    'Writes the mean temperature of each room to InfluxDB every five seconds. It waits for a server on this device; write the address, organisation, bucket and token of yours. The sensors are simulated.',
  components: [
    {
      id: 'sensors',
      type: 'simulator_input',
      name: 'Room sensors',
      config: {
        rate: 20,
        fields: [
          { kind: 'choice', field: 'room', values: ['hall', 'office', 'store'] },
          { kind: 'sine', field: 'temperature', mean: 21, amplitude: 4, period: 30 },
        ],
      },
    },
    {
      id: 'mean',
      type: 'aggregate',
      name: 'Mean of each room',
      config: {
        size: '5s',
        by: ['room'],
        results: [{ calculate: 'mean', field: 'temperature' }],
      },
    },
    {
      id: 'influx',
      type: 'influx_output',
      name: 'InfluxDB',
      config: {
        url: 'http://127.0.0.1:8086',
        org: 'home',
        bucket: 'rooms',
        measurement: 'rooms',
        tags: ['room'],
        fields: ['temperature_mean'],
        time_field: 'window_end',
      },
    },
  ],
  connections: [
    { from: 'sensors', to: 'mean' },
    { from: 'mean', to: 'influx', delivery: 'guaranteed' },
  ],
  layout: inARow(['sensors', 'mean', 'influx'], 120),
};
