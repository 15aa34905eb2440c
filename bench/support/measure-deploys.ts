import type { DirectorClient } from '@boti/director-api';
import { parseVmStates } from '@boti/director-api';
import { deploymentName, manifest, type TimedTask, timedTask } from './bench-deployment.ts';
import { cpuSeconds } from './processes.ts';
import { isQuick, median, report, say } from './report.ts';

export interface Subject {
  /** First part of the figures' names. */
  readonly name: string;
  readonly client: DirectorClient;
  /** Whose CPU time is the Director's. */
  readonly directorPid: number;
  readonly os?: string;
}

const rounds = isQuick ? 3 : 5;

/** Deploys `instances` at once, then nothing new, then asks for their VMs. The deployment stays. */
export async function measureDeploy(subject: Subject, instances: number): Promise<void> {
  const { name, client, directorPid } = subject;
  const text = manifest(instances, subject.os === undefined ? {} : { os: subject.os });
  const cpu = (): number => cpuSeconds([directorPid]);
  const deploy = (): Promise<TimedTask> => timedTask(client, () => client.deployments.deploy(text, {}));

  say(`${name}: deploying ${instances}`);
  const before = cpu();
  const first = await deploy();
  const used = cpu() - before;
  report(`${name}/deploy-${instances}/task`, first.taskSeconds, 's');
  report(`${name}/deploy-${instances}/wall`, first.wallSeconds, 's');
  report(`${name}/deploy-${instances}/cpu-per-vm`, used / instances, 'CPU-s');

  await measureNoOp(subject, instances, deploy);
  await measureVms(subject, instances);
}

async function measureNoOp(
  { name, directorPid }: Subject,
  instances: number,
  deploy: () => Promise<TimedTask>,
): Promise<void> {
  const before = cpuSeconds([directorPid]);
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) times.push((await deploy()).taskSeconds);
  report(`${name}/no-op-${instances}/task`, median(times), 's');
  report(`${name}/no-op-${instances}/cpu`, (cpuSeconds([directorPid]) - before) / rounds, 'CPU-s');
}

async function measureVms({ name, client }: Subject, instances: number): Promise<void> {
  const times: TimedTask[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const asked = await timedTask(client, () => client.instances.collect(deploymentName(instances), 'vms'));
    const states = parseVmStates(await client.tasks.result(asked.task.id));
    const running = states.filter(({ job_state }) => job_state === 'running').length;
    if (running !== instances) throw new Error(`${running} of ${instances} VMs are said to run`);
    times.push(asked);
  }
  report(`${name}/vms-${instances}/task`, median(times.map(({ taskSeconds }) => taskSeconds)), 's');
  report(`${name}/vms-${instances}/wall`, median(times.map(({ wallSeconds }) => wallSeconds)), 's');
}
