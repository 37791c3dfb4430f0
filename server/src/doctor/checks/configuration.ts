import { settingEntries } from '../../config/settings.schema.ts';
import { type Check, failed, passed, warning } from '../check.ts';

/** How it is set. */
export const configuration: readonly Check[] = [
  {
    id: 'settings',
    title: 'Settings',
    // wrong ones have ended the command before, with the line that names them
    run: ({ settings: { files } }) =>
      passed(files.length > 0 ? `read from ${files.join(', ')}` : 'all from the environment'),
  },
  {
    id: 'secrets',
    title: 'Secrets',
    run: ({ settings: { origins } }) => {
      const written = settingEntries().filter(
        ({ path, isSecret }) => isSecret && origins.get(path.join('.')) === 'file',
      );
      if (written.length === 0) return passed('no secret stands in the settings file');
      const names = written.map(({ path }) => `"${path.join('.')}"`).join(', ');
      return failed(
        `${names} stands in the settings file`,
        `pass it by ${written[0]!.variable}, by ${written[0]!.variable}_FILE, or as a Docker secret`,
      );
    },
  },
  {
    id: 'log_level',
    title: 'Log level',
    run: ({ settings }) =>
      settings.values.log_level === 'debug'
        ? warning('everything is logged', 'set "log_level" to "info" or "warn"')
        : passed(`"${settings.values.log_level}"`),
  },
  {
    id: 'metrics',
    title: 'Metrics',
    run: ({ settings, hasMetrics, health }) => {
      const { enabled, path } = settings.values.metrics;
      if (!enabled) return warning('metrics are switched off', 'set "metrics.enabled" to true');
      if (!health) return failed('the server does not answer, so there are none', 'start it');
      return hasMetrics
        ? passed(`served at ${path}`)
        : failed(`${path} is not answered`, 'restart the server, and look into its log');
    },
  },
];
