import type { FlowDocument } from '@semstreams/contract';
import { inARow } from './in-a-row.ts';
import { publishedSensors } from './published-sensors.ts';

/** Sensors that publish by MQTT, as rows of PostgreSQL; a simulated one stands in for them. It needs a broker and a database, and waits for both. */
export const mqttToPostgresql: FlowDocument = {
  name: 'MQTT to PostgreSQL',
  description:
    'Receives what sensors publish to an MQTT broker, and keeps each reading as a row of PostgreSQL, in a table that it makes. It waits for a broker and a database on this device; write the addresses of yours, and the user of the database. The sensor is simulated: take it and its output out when yours publish.',
  components: [
    ...publishedSensors,
    {
      id: 'readings',
      type: 'sql_output',
      name: 'Readings',
      config: {
        url: 'postgres://127.0.0.1:5432/postgres',
        username: 'postgres',
        table: 'readings',
        columns: [
          { name: 'topic', field: '@header.topic', type: 'text' },
          { name: 'room', field: 'room', type: 'text' },
          { name: 'temperature', field: 'temperature', type: 'double' },
          { name: 'measured_at', field: 'time', type: 'time' },
        ],
        id_column: 'id',
        key: ['id'],
        create_table: true,
      },
    },
  ],
  connections: [
    { from: 'sensor', to: 'publish' },
    { from: 'broker', to: 'readings', delivery: 'guaranteed' },
  ],
  layout: { ...inARow(['sensor', 'publish'], 40), ...inARow(['broker', 'readings'], 240) },
};
