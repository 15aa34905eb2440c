import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { containerMachines, paperMachines } from './machines.ts';
import { serve } from './server.ts';
import { openStore } from './store.ts';

const usage = `Usage: npm run cloud -- [--listen ADDRESS:PORT] [--state DIR] [--machines CPI --machines-config FILE]

  --machines         boti's container CPI: servers run as containers of this machine (needs root).
                     Without it they exist on paper only.
  --machines-config  Its configuration.`;

const { values } = parseArgs({
  options: {
    listen: { type: 'string', default: '127.0.0.1:8775' },
    state: { type: 'string', default: '.cloud' },
    token: { type: 'string', default: 'example-token' },
    machines: { type: 'string' },
    'machines-config': { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help || (values.machines === undefined) !== (values['machines-config'] === undefined)) {
  process.stdout.write(`${usage}\n`);
  process.exit(values.help ? 0 : 1);
}

const dir = resolve(values.state);
mkdirSync(dir, { recursive: true, mode: 0o700 });
const machines =
  values.machines === undefined ? paperMachines() : containerMachines(values.machines, values['machines-config'] ?? '');
const [host = '', port = ''] = values.listen.split(/:(?=\d+$)/);
const server = serve({ dir, token: values.token, store: openStore(dir), machines });
// The largest images take their time.
server.requestTimeout = 0;
server.listen(Number(port), host, () => process.stdout.write(`The example cloud answers at http://${values.listen}\n`));
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => server.close(() => process.exit()).closeAllConnections());
}
