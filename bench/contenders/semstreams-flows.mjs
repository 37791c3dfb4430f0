const input = (protocol, port) =>
  protocol === 'udp'
    ? { id: 'vehicle', type: 'udp_input', config: { host: '127.0.0.1', port } }
    : { id: 'vehicle', type: 'tcp_input', config: { host: '127.0.0.1', port } };

/** The flow of the table: an input, a filter that passes four of five records, a map, and a WebSocket. */
export const liveFlow = ({ protocol = 'udp', port, webSocketPort, passThrough = 0, delivery = 'live' }) => {
  const components = [
    input(protocol, port),
    { id: 'enough', type: 'json_filter', config: { rules: [{ field: 'battery', operator: 'gte', value: 20 }] } },
    ...Array.from({ length: passThrough }, (_, index) => ({ id: `pass-${index}`, type: 'json_filter', config: {} })),
    {
      id: 'tidy',
      type: 'json_map',
      config: {
        steps: [
          { do: 'rename', from: 'vehicle', to: 'name' },
          { do: 'scale', field: 'speed', factor: 3.6 },
          { do: 'set', field: 'site', value: 'north' },
        ],
      },
    },
    { id: 'control-room', type: 'websocket_output', config: { host: '127.0.0.1', port: webSocketPort } },
  ];
  const connections = components.slice(1).map(({ id }, index) => ({
    from: `${components[index].id}.out`,
    to: `${id}.in`,
    delivery: index === components.length - 2 ? delivery : 'live',
  }));
  return { id: 'live', name: 'Live', components, connections };
};
