import { access, chmod, constants, copyFile, cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ExpectedError } from '@boti/core';
import { type BuilderRun, runTool } from './builder-run.ts';

const bundler = join(import.meta.dirname, '../../tools/bundle.ts');

export interface AgentChoice {
  /** Another agent program than ours. */
  readonly agentBinary?: string;
  readonly agentTree?: string;
}

/**
 * Lays the agent and the job supervisor into `dir`, a tree to be put over the operating system. With `agentBinary`
 * that program is the agent (upstream's Go agent, say); the job supervisor stays ours.
 */
export async function layAgent(run: BuilderRun, dir: string, choice: AgentChoice): Promise<void> {
  const { agentBinary, agentTree } = choice;
  if (agentBinary !== undefined) await checkAgentBinary(agentBinary);
  run.report('agent', 'bundling agent and job supervisor');
  if (agentTree === undefined) await runTool(run, [process.execPath, bundler, 'agent', dir]);
  else await cp(agentTree, dir, { recursive: true, verbatimSymlinks: true });
  if (agentBinary !== undefined) await replaceAgent(dir, agentBinary);
  await writeText(dir, 'var/vcap/bosh/agent.json', `${JSON.stringify(containerAgentConfig, null, 2)}\n`);
  await writeText(dir, 'var/vcap/bosh/etc/infrastructure', 'warden');
}

/** How the agent finds its settings and disks in a container: the CPI puts a file and device nodes there. */
const containerAgentConfig = {
  Platform: {
    Linux: {
      UseDefaultTmpDir: true,
      UsePreformattedPersistentDisk: true,
      BindMountPersistentDisk: false,
      SkipDiskSetup: true,
    },
  },
  Infrastructure: {
    Settings: { Sources: [{ Type: 'File', SettingsPath: '/var/vcap/bosh/warden-cpi-agent-env.json' }] },
  },
};

const agentRun = `#!/bin/sh
export PATH=/var/vcap/bosh/bin:$PATH
exec 2>&1
cd /var/vcap/bosh
exec bin/bosh-agent -P "$(cat etc/operating_system)" -C agent.json
`;

const agentLogRun = `#!/bin/sh
mkdir -p /var/vcap/bosh/log
exec svlogd -tt /var/vcap/bosh/log
`;

async function replaceAgent(dir: string, agentBinary: string): Promise<void> {
  const target = join(dir, 'var/vcap/bosh/bin/bosh-agent');
  await mkdir(dirname(target), { recursive: true });
  await copyFile(agentBinary, target);
  await chmod(target, 0o755);
  await writeText(dir, 'etc/sv/agent/run', agentRun, 0o755);
  await writeText(dir, 'etc/sv/agent/log/run', agentLogRun, 0o755);
}

async function checkAgentBinary(path: string): Promise<void> {
  await access(path, constants.R_OK).catch((cause: unknown) => {
    throw new ExpectedError(`The agent '${path}' cannot be read`, {
      hint: 'Give the path of a bosh-agent program for Linux, built for the architecture of the stemcell.',
      cause,
    });
  });
}

async function writeText(dir: string, path: string, text: string, mode = 0o644): Promise<void> {
  const target = join(dir, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, text, { mode });
  await chmod(target, mode);
}
