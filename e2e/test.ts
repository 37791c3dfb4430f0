import { type BrowserContext, expect, test as base } from '@playwright/test';
import { Instance } from './instance.ts';
import { Receiver } from './receiver.ts';

/** What a page did that it must not: asked a foreign origin, or broke the content security policy (check S3). */
export const watchFor = (context: BrowserContext): string[] => {
  const offences: string[] = [];
  context.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    const isOurs = hostname === '127.0.0.1' || protocol === 'data:' || protocol === 'blob:';
    if (!isOurs) offences.push(`a request to ${request.url()}`);
  });
  context.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) offences.push(message.text());
  });
  return offences;
};

interface Fixtures {
  /** Starts a server of its own; it is ended with the test. */
  startInstance: (settings?: Readonly<Record<string, string>>) => Promise<Instance>;
  /** A server that is not started yet; what is left of it is ended with the test. */
  newInstance: (settings?: Readonly<Record<string, string>>) => Instance;
  receive: (url: string) => Promise<Receiver>;
}

/** Tests with servers and receivers that end with them. What the servers said stands beside a failed test. */
export const test = base.extend<Fixtures>({
  context: async ({ context }, use) => {
    const offences = watchFor(context);
    await use(context);
    expect(offences).toEqual([]);
  },
  newInstance: async ({}, use, info) => {
    const instances: Instance[] = [];
    await use((settings) => {
      const instance = new Instance(settings);
      instances.push(instance);
      return instance;
    });
    for (const [index, instance] of instances.entries()) {
      await instance.dispose();
      if (info.status !== info.expectedStatus)
        await info.attach(`server ${index + 1}`, { body: instance.output, contentType: 'text/plain' });
    }
  },
  startInstance: async ({ newInstance }, use) => {
    await use(async (settings) => newInstance(settings).start());
  },
  receive: async ({}, use) => {
    const receivers: Receiver[] = [];
    await use(async (url) => {
      const receiver = await Receiver.connect(url);
      receivers.push(receiver);
      return receiver;
    });
    for (const receiver of receivers) receiver.close();
  },
});
export { expect } from '@playwright/test';
