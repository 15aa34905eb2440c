import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The simulated cloud behind a CPI that knows nothing of boti's extensions (docs/contracts/cpi.md), one process a call:
 * as CPIs of others are. `rubbish` in its stateDir names methods that end in a crash instead of an answer.
 */
const [simulated = ''] = process.argv.slice(2);
const input = readFileSync(0, 'utf8');
const { method, context } = JSON.parse(input) as { method: string; context: { stateDir: string } };
const extensions = ['find_creation', 'list', 'console_log'];

process.stdout.write(isBroken() ? 'Segmentation fault (core dumped)\n' : `${JSON.stringify(answer())}\n`);

function isBroken(): boolean {
  try {
    return readFileSync(join(context.stateDir, 'rubbish'), 'utf8').split('\n').includes(method);
  } catch {
    return false;
  }
}

function answer(): unknown {
  if (method === 'info') {
    return { result: { stemcell_formats: ['general-tar'], api_version: 2 }, error: null, log: '' };
  }
  if (extensions.includes(method)) {
    const error = { type: 'Bosh::Clouds::NotImplemented', message: `no method '${method}'`, ok_to_retry: false };
    return { result: null, error, log: '' };
  }
  return JSON.parse(spawnSync(simulated, [], { input, encoding: 'utf8' }).stdout);
}
