import type { Session } from 'node:inspector';

let session: Promise<Session> | undefined;

/** Asks this process itself in the inspector's protocol. Nothing of the inspector is loaded before the first question. */
export const askInspector = async (method: string, params: object): Promise<unknown> => {
  const connected = await (session ??= connect());
  return new Promise((resolve, reject) =>
    connected.post(method, params, (error, answer) => (error ? reject(error) : resolve(answer))),
  );
};

const connect = async (): Promise<Session> => {
  const inspector = await import('node:inspector');
  const made = new inspector.Session();
  made.connect();
  return made;
};
