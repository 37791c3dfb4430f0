import { connect } from '@nats-io/transport-node';

/** What a stranger finds at the door of a NATS: it lets anybody in, it wants to know who, or nobody answers. */
export type Door = 'open' | 'guarded' | 'silent';

/** Tries to connect without any credentials. */
export const knock = async (servers: readonly string[], withinMs: number): Promise<Door> => {
  try {
    const connection = await connect({
      servers: [...servers],
      timeout: withinMs,
      reconnect: false,
      maxReconnectAttempts: 0,
    });
    await connection.close();
    return 'open';
  } catch (thrown) {
    return /authorization|authentication|permission|tls|certificate/i.test(String(thrown)) ? 'guarded' : 'silent';
  }
};
