import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { containerMachines, paperMachines } from './machines.ts';
import { serve } from './server.ts';
import { openStore } from './store.ts';

const usage = `Usage: npm run cloud -- [--listen ADDRESS:PORT] [--state DIR] [--containers [--bridge NAME]] [--remove]

  --containers  Servers run, as containers of this machine: boti's container CPI makes them (needs root, and
                boti-cpi-container on PATH). Without it they exist on paper only.
  --bridge      Network interface that they are connected to (default boti0).
  --remove      Remove everything that the cloud has made, and end.`;

const { values } = parseArgs({
  options: {
    listen: { type: 'string', default: '127.0.0.1:8775' },
    state: { type: 'string', default: '.cloud' },
    token: { type: 'string', default: 'example-token' },
    containers: { type: 'boolean', default: false },
    bridge: { type: 'string', default: 'boti0' },
    remove: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const dir = resolve(values.state);
const containerCpi = 'boti-cpi-container';
const containerConfig = join(dir, 'containers.json');
const say = (line: string): void => void process.stdout.write(`${line}\n`);

function start(): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  writeFileSync(containerConfig, JSON.stringify({ stateDir: join(dir, 'containers'), bridge: values.bridge }));
  const machines = values.containers ? containerMachines(containerCpi, containerConfig) : paperMachines();
  const server = serve({ dir, token: values.token, store: openStore(dir), machines, log: say });
  // The largest images take their time.
  server.requestTimeout = 0;
  const [host = '', port = ''] = values.listen.split(/:(?=\d+$)/);
  server.listen(Number(port), host, () => say(`The example cloud answers at http://${values.listen}`));
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => server.close(() => process.exit()).closeAllConnections());
  }
}

function remove(): void {
  if (values.containers) spawnSync(containerCpi, ['cleanup', '--config', containerConfig], { stdio: 'inherit' });
  rmSync(dir, { recursive: true, force: true });
}

if (values.help) say(usage);
else if (values.remove) remove();
else start();
