import { parentPort, workerData } from 'node:worker_threads';
import { descriptionOf, loadOwnComponent } from './own-components.ts';

/** A thread of its own that loads a file with a component type, to see whether it can be: it may loop, or end its process. */
const { file } = workerData as { readonly file: string };
try {
  descriptionOf(await loadOwnComponent(file));
  parentPort?.postMessage({});
} catch (thrown) {
  parentPort?.postMessage({ sentence: thrown instanceof Error ? thrown.message : String(thrown) });
}
