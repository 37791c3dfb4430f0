import { HttpClient } from '../../../component-kit/http/http-client.ts';
import { readTlsFiles } from '../../../component-kit/network/tls-files.ts';
import { implementProbe } from '../../../engine/component.ts';
import { hideInAddresses } from '../../../engine/without-secrets.ts';
import { httpPollInputDefinition } from './http-poll-input.definition.ts';
import { poll } from './poll.ts';
import { Remembered } from './remembered.ts';

export const probe = implementProbe(httpPollInputDefinition, async ({ config, signal }) => {
  const client = new HttpClient(readTlsFiles(config));
  const remembered = new Remembered(config, undefined);
  const shown = hideInAddresses(config.url);
  try {
    for await (const { records } of poll({ ...config, most_pages: 1 }, { client, remembered, signal }))
      return `The answer of ${shown} holds ${records.length} record${records.length === 1 ? '' : 's'}`;
    return `The answer of ${shown} holds nothing`;
  } catch (thrown) {
    const sentence = (thrown as Error).message;
    throw new Error(sentence.startsWith('http') ? sentence : `${shown}: ${sentence}`, { cause: thrown });
  } finally {
    client.close();
  }
});
