/** The order of test files while code is changed: the one that noticed the last change, then the quick ones. */
import { relative } from 'node:path';
import { BaseSequencer } from 'vitest/node';

export default class LikelyFirst extends BaseSequencer {
  async sort(files) {
    const { cache, config } = this.ctx;
    const rank = ({ moduleId, project }) => {
      const known = cache.getFileTestResults(`${project.name}:${relative(config.root, moduleId)}`);
      return known?.failed ? -1 : (known?.duration ?? 0);
    };
    return files
      .map((file) => ({ file, rank: rank(file) }))
      .sort((one, other) => one.rank - other.rank)
      .map(({ file }) => file);
  }
}
