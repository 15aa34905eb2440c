/**
 * `node tools/bundle.ts agent DIR` lays the agent and the job supervisor, each as one file, with a Node of their own
 * into DIR: a tree to be put over the root file system of a VM.
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundleProgram, copyStrippedNode } from '@boti/bundle';
import { alertsMonitrc } from '../services/agent/src/bootstrap/monit-files.ts';

const root = join(import.meta.dirname, '..');
const lib = '/var/vcap/bosh/lib';

/** Lays out the agent's tree below `outDir`. */
async function bundleAgent(outDir: string): Promise<void> {
  await bundle('services/agent/src/main.ts', join(outDir, lib, 'agent.cjs'));
  await bundle('services/agent/src/supervisor/main.ts', join(outDir, lib, 'supervisor.cjs'));
  await copyStrippedNode(join(outDir, lib, 'node'), join(root, 'node_modules/.cache/boti'));
  for (const [path, text] of Object.entries(scripts)) write(outDir, path, text, 0o755);
  write(outDir, '/var/vcap/bosh/etc/monitrc', monitrc, 0o600);
  write(outDir, '/var/vcap/monit/alerts.monitrc', alertsMonitrc('/var/vcap/monit', 2825), 0o600);
}
// Both programs are idle most of their time, and every VM carries them: small heaps, no JIT compiler, one malloc arena.
// Without the JIT there is no WebAssembly either, hence no `fetch`.
const flags = '--max-semi-space-size=1 --v8-pool-size=0 --optimize-for-size --lite-mode';
const agentFlags = `${flags} --max-old-space-size=256`;
const supervisorFlags = `${flags} --max-old-space-size=64`;

const logRun = (dir: string): string => `#!/bin/sh
mkdir -p ${dir}
exec svlogd -tt ${dir}
`;

const scripts: Readonly<Record<string, string>> = {
  '/var/vcap/bosh/bin/bosh-agent': `#!/bin/sh
export UV_THREADPOOL_SIZE=2 MALLOC_ARENA_MAX=1
exec ${lib}/node ${agentFlags} ${lib}/agent.cjs "$@"
`,
  '/var/vcap/bosh/bin/monit': `#!/bin/sh
export UV_THREADPOOL_SIZE=1 MALLOC_ARENA_MAX=1
exec ${lib}/node ${supervisorFlags} ${lib}/supervisor.cjs "$@"
`,
  '/etc/sv/agent/run': `#!/bin/sh
exec 2>&1
export PATH=/var/vcap/bosh/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root
cd /var/vcap/bosh
exec bin/bosh-agent -P "$(cat etc/operating_system)" -C agent.json
`,
  '/etc/sv/agent/log/run': logRun('/var/vcap/bosh/log'),
  '/etc/sv/monit/run': `#!/bin/sh
exec 2>&1
exec /var/vcap/bosh/bin/monit -I -c /var/vcap/bosh/etc/monitrc
`,
  '/etc/sv/monit/log/run': logRun('/var/vcap/monit/svlog'),
};

const monitrc = `set daemon 10
set httpd port 2822 and use address 127.0.0.1
  allow cleartext /var/vcap/monit/monit.user
include /var/vcap/monit/*.monitrc
include /var/vcap/monit/job/*.monitrc
`;

async function bundle(entry: string, outfile: string): Promise<void> {
  await bundleProgram({ entry: join(root, entry), outfile, isMinified: true });
}

function write(outDir: string, path: string, text: string, mode: number): void {
  const target = join(outDir, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
  chmodSync(target, mode);
}

const [what, outDir] = process.argv.slice(2);
if (what !== 'agent' || outDir === undefined) {
  console.error('Usage: node tools/bundle.ts agent DIR');
  process.exit(2);
}
await bundleAgent(outDir);
