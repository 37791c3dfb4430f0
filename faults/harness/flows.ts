import type { ConnectionBuffer, FlowDocument } from '@semstreams/contract';

/** Numbers by a live connection through a filter, then guaranteed to a ledger. */
export const numbersFlow = (options: {
  readonly port: number;
  readonly id?: string;
  readonly buffer?: ConnectionBuffer;
  readonly lane?: 'own';
}): FlowDocument & { readonly id: string } => ({
  id: options.id ?? 'numbers',
  name: 'Numbers',
  ...(options.lane ? { lane: options.lane } : {}),
  components: [
    { id: 'source', type: 'silent_input' },
    { id: 'real', type: 'json_filter', config: { rules: [{ field: 'n', operator: 'gte', value: 0 }] } },
    { id: 'ledger', type: 'ledger_output', config: { port: options.port } },
  ],
  connections: [
    { from: 'source', to: 'real' },
    {
      from: 'real.out',
      to: 'ledger',
      delivery: 'guaranteed',
      buffer: options.buffer ?? { max_bytes: '256MB', when_full: 'block' },
    },
  ],
});
