import { join } from 'node:path';
import { run, runLoudly } from '../setup/run.mjs';

/** What the client that is generated for Python needs; see its requirements. */
const packages = ['urllib3>=2.1,<3', 'python-dateutil>=2.8.2', 'pydantic>=2', 'typing-extensions>=4.7.1'];

/** The journey with the client for Python, which is generated into `folder`. */
export const python = {
  title: 'the client for Python',
  programs: ['python3'],
  generator: ['-g', 'python', '--package-name', 'semstreams_client'],
  async prepare(folder) {
    await run('python3', ['-m', 'venv', join(folder, 'venv')]);
    await run(join(folder, 'venv/bin/pip'), ['install', '--quiet', ...packages]);
  },
  walk: (folder, { url, token }) =>
    runLoudly(join(folder, 'venv/bin/python'), [join(import.meta.dirname, 'journey.py'), url, token], {
      env: { ...process.env, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' },
    }),
};
