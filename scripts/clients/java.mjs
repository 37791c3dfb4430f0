import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, runLoudly } from '../setup/run.mjs';

/** A list that is left out stays out: as an empty one it would say that nothing is connected. */
const properties = {
  invokerPackage: 'semstreams',
  apiPackage: 'semstreams.api',
  modelPackage: 'semstreams.model',
  containerDefaultToNull: 'true',
};

/** The journey with the client for Java, which is generated into `folder`: with the HTTP client of Java itself. */
export const java = {
  title: 'the client for Java',
  programs: ['javac'],
  generator: [
    ...['-g', 'java', '--library', 'native', '--additional-properties'],
    Object.entries(properties)
      .map(([name, value]) => `${name}=${value}`)
      .join(','),
  ],
  async prepare(folder) {
    copyFileSync(join(import.meta.dirname, 'Journey.java'), join(folder, 'src/main/java/Journey.java'));
    const goals = ['compile', 'dependency:build-classpath', '-Dmdep.outputFile=packages.txt'];
    await run('mvn', ['--quiet', '--batch-mode', ...goals], { cwd: folder });
  },
  walk: (folder, { url, token }) => {
    const places = `${join(folder, 'target/classes')}:${readFileSync(join(folder, 'packages.txt'), 'utf8').trim()}`;
    return runLoudly('java', ['-cp', places, 'Journey', url, token]);
  },
};
