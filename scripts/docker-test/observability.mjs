import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup/root.mjs';
import { docker, inspect, obtain } from './engine.mjs';
import { deployFlow } from './flow.mjs';
import { eventually, note, step } from './steps.mjs';
import { imageOf } from './tls.mjs';

/** Nothing goes wrong here, and what never happened has no series. */
const neverHappened = new Set(['Dropped, by reason', 'Errors']);

/** Prometheus and its alerts, and Grafana where its image can be had. */
export const observability = async (installation) => {
  const prometheus = imageOf(installation, 'prometheus');
  const missing = obtain([prometheus]);
  if (missing !== undefined) return note(`  skipped: ${missing}`);
  const withoutGrafana = obtain([imageOf(installation, 'grafana')]);
  const services = withoutGrafana === undefined ? [] : ['prometheus'];
  const folder = join(installation.folder, 'docker');
  const ask = async (path) => {
    const answer = await fetch(`http://127.0.0.1:${installation.ports.prometheus}/api/v1/${path}`);
    return (await answer.json()).data;
  };
  await deployFlow(installation);

  await step('the profile starts, and Prometheus reaches SemStreams', async () => {
    handOver(installation, prometheus);
    installation.compose('--profile', 'observability', 'up', '-d', '--wait', ...services);
    const [target] = await eventually(async () => {
      const { activeTargets } = await ask('targets');
      return activeTargets[0]?.health === 'up' ? activeTargets : false;
    });
    assert.equal(target.scrapeUrl, 'http://semstreams:8080/metrics');
  });

  await step('it runs without rights, within its limits', () => {
    const { HostConfig, Config } = inspect(`${installation.server}-prometheus-1`);
    assert.deepEqual(
      [Config.User, HostConfig.ReadonlyRootfs, HostConfig.CapDrop, HostConfig.Memory],
      ['65534:65534', true, ['ALL'], 512 * 1024 ** 2],
    );
  });

  await step('its rules are loaded and none is broken', async () => {
    const rules = await eventually(async () => {
      const all = (await ask('rules')).groups.flatMap((group) => group.rules);
      return all.length > 0 && all.every(({ health }) => health !== 'unknown') ? all : false;
    });
    assert.deepEqual(
      rules.filter(({ health }) => health !== 'ok'),
      [],
    );
    return `${rules.length} alerts`;
  });

  await step('each alert fires for what it is there for', () => {
    const mounted = ['-v', `${join(root, 'docker/prometheus')}:/etc/prometheus:ro`, '-w', '/etc/prometheus'];
    const promtool = ['run', '--rm', '--network', 'none', '--entrypoint', 'promtool', ...mounted, prometheus];
    docker(...promtool, 'test', 'rules', 'alerts.test.yml');
  });

  await step('each panel of the dashboard asks for something that is there', async () => {
    const dashboard = JSON.parse(readFileSync(join(folder, 'grafana/dashboards/semstreams.json'), 'utf8'));
    const panels = dashboard.panels.filter(({ title }) => !neverHappened.has(title));
    // a rate needs two looks
    await eventually(async () => {
      const empty = [];
      for (const { title, targets } of panels)
        for (const { expr } of targets) {
          const query = expr.replaceAll('$__rate_interval', '1m').replaceAll('$flow', '.*');
          const answer = await ask(`query?query=${encodeURIComponent(query)}`);
          if (!(answer?.result.length > 0)) empty.push(title);
        }
      assert.deepEqual(empty, []);
    }, 90_000);
    return `${panels.length} panels`;
  });

  if (withoutGrafana !== undefined) note(`  Grafana is skipped: ${withoutGrafana}`);
  else
    await step('Grafana has the dashboard', async () => {
      const url = `http://admin:admin@127.0.0.1:${installation.ports.grafana}/api/dashboards/uid/semstreams`;
      const found = await eventually(async () => (await fetch(url)).json());
      assert.equal(found.dashboard.title, 'SemStreams');
    });

  await step('the profile stops, and SemStreams goes on', async () => {
    installation.compose('--profile', 'observability', 'rm', '--stop', '--force', 'prometheus', 'grafana');
    assert.throws(() => inspect(`${installation.server}-prometheus-1`));
    await installation.healthy();
  });
};

/**
 * The published image brings a folder of its user for the data; an image that somebody made may bring one of root. A volume
 * without a file in it would be given to root again with the next container.
 */
export const handOver = (installation, image) => {
  installation.compose('--profile', 'observability', 'create', 'prometheus');
  const [{ Name }] = inspect(`${installation.server}-prometheus-1`).Mounts.filter(({ Type }) => Type === 'volume');
  const change = 'touch /prometheus/.handed-over && chown -R 65534 /prometheus';
  docker('run', '--rm', '-u', '0:0', '-v', `${Name}:/prometheus`, '--entrypoint', 'sh', image, '-c', change);
};
