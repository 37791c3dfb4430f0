import { descriptionOf, loadOwnComponent } from './own-components.ts';

/** A process of its own that loads a file with a component type, to see whether it can be: it may loop, or crash. */
const file = process.argv[2]!;
const say = (sentence?: string): void => void process.send?.(sentence === undefined ? {} : { sentence });
process.on('uncaughtException', (thrown) => say(thrown.message));
try {
  descriptionOf(await loadOwnComponent(file));
  say();
} catch (thrown) {
  say(thrown instanceof Error ? thrown.message : String(thrown));
}
