/**
 * A plugin for Stryker that lets only some of the possible changes be tried, drawn evenly from all of a part: once it is
 * known what can be tried, the reporter draws and writes the list; the checker, in processes of its own, refuses the rest,
 * which Stryker then counts as errors and leaves out of its score.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

/** `size` of the changes, by a number that seed, file, place and replacement make: the same ones each time. */
export const draw = (changes, { size, seed }) =>
  changes
    .map((change) => ({ change, rank: rankOf(change, seed) }))
    .sort((one, other) => (one.rank < other.rank ? -1 : 1))
    .slice(0, size)
    .map(({ change }) => change);

const rankOf = ({ fileName, location, mutatorName, replacement }, seed) =>
  createHash('sha256')
    .update(JSON.stringify([seed, fileName, location.start, location.end, mutatorName, replacement]))
    .digest('hex');

class Drawing {
  static inject = ['options'];

  constructor({ sample }) {
    this.sample = sample;
  }

  onMutationTestingPlanReady({ mutantPlans }) {
    const possible = mutantPlans.map(({ mutant }) => mutant).filter(({ status }) => status !== 'Ignored');
    const inside = possible.map((mutant) => ({
      ...mutant,
      fileName: mutant.fileName.replace(`${process.cwd()}/`, ''),
    }));
    const drawn = draw(inside, this.sample);
    writeFileSync(this.sample.list, JSON.stringify(drawn.map(({ id }) => id)));
    console.log(`a sample: ${drawn.length} of ${possible.length} possible changes, seed ${this.sample.seed}`);
  }
}

class Refusing {
  static inject = ['options'];

  constructor({ sample }) {
    this.list = sample.list;
  }

  init() {
    return Promise.resolve();
  }

  /** All at once: there is nothing to compile. */
  group(mutants) {
    return Promise.resolve([mutants.map(({ id }) => id)]);
  }

  check(mutants) {
    this.drawn ??= new Set(JSON.parse(readFileSync(this.list, 'utf8')));
    const verdict = ({ id }) =>
      this.drawn.has(id) ? { status: 'passed' } : { status: 'compileError', reason: 'not in the sample' };
    return Promise.resolve(Object.fromEntries(mutants.map((mutant) => [mutant.id, verdict(mutant)])));
  }
}

export const strykerPlugins = [
  { kind: 'Reporter', name: 'sample', injectableClass: Drawing },
  { kind: 'Checker', name: 'sample', injectableClass: Refusing },
];
