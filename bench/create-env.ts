// A Director on a VM of the container cloud by `boti create-env`: everything anew, with compiled packages from the cache, with
// nothing to do, with another property, and deleted again. Where BOSH_CLI names upstream's CLI, the property once more through it.
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDir } from '@boti/testkit';
import { Cleanups } from './support/cleanups.ts';
import { runAloud } from './support/embedded.ts';
import { keptCache } from './support/kept-cache.ts';
import { measureCommand } from './support/measure-command.ts';
import { report, say, timed } from './support/report.ts';
import { stepSeconds } from './support/step-seconds.ts';

const root = join(import.meta.dirname, '..');
const boti = join(root, 'bin/boti');
const network = { range: '10.253.78.0/24', gateway: '10.253.78.1', ip: '10.253.78.10', listen: '127.0.78.1' } as const;

await using cleanups = new Cleanups();
const dir = await tempDir(cleanups);
await chmod(dir, 0o755);
const home = join(dir, 'home');
const env = { PATH: process.env.PATH ?? '', HOME: home, BOTI_HOME: join(dir, 'boti') };
await mkdir(home);
const files = {
  release: join(dir, 'boti.tgz'),
  stemcell: join(dir, 'stemcell.tgz'),
  cloud: join(dir, 'cloud'),
  otherName: join(dir, 'other-name.yml'),
};
await writeFile(
  files.otherName,
  '- {type: replace, path: /instance_groups/name=boti/properties/director/name, value: ((other_name))}\n',
);

say('stemcell, release and cloud');
await runAloud([boti, 'stemcell', 'build', '--output', files.stemcell, '--cache-dir', keptCache], { env });
await runAloud([process.execPath, join(root, 'tools/build-boti-release.ts'), '--output', files.release], { env });
const place = ['--state-dir', files.cloud, '--network', network.range, '--listen', network.listen];
cleanups.after(() => runAloud([boti, 'down', '--state-dir', files.cloud], { env }));
await runAloud([boti, 'cloud', 'up', ...place], { env });

const variables = {
  director_name: 'bench',
  internal_cidr: network.range,
  internal_gw: network.gateway,
  internal_ip: network.ip,
  boti_release: files.release,
  stemcell: files.stemcell,
};

/** Arguments of create-env and delete-env, for both CLIs. */
function commandLine(command: string, further: readonly string[] = []): readonly string[] {
  const deployment = join(root, 'deployment');
  return [
    command,
    join(deployment, 'boti.yml'),
    ...['-o', join(deployment, 'container/cpi.yml'), '-l', join(files.cloud, 'cloud-client.yml')],
    ...['--vars-store', join(dir, 'creds.yml'), '--state', join(dir, 'state.json')],
    ...Object.entries(variables).flatMap(([name, value]) => ['-v', `${name}=${value}`]),
    ...further,
  ];
}

async function measure(name: string, args: readonly string[], program = boti): Promise<number> {
  const { result, seconds } = await timed(() => measureCommand({ command: program, args, env }));
  report(`create-env/${name}`, seconds, 's');
  report(`create-env/${name}/cpu`, result.cpuSeconds, 'CPU-s');
  return seconds;
}

const otherName = (name: string): readonly string[] => ['-o', files.otherName, '-v', `other_name=${name}`];

await measure('cold', commandLine('create-env'));
await measure('no-op', commandLine('create-env'));
await measure('delete', commandLine('delete-env'));
const { result: output } = await timed(() => stepSeconds(boti, commandLine('create-env'), env));
report('create-env/cached', output.total, 's');
for (const [part, seconds] of Object.entries(output.parts)) report(`create-env/cached/${part}`, seconds, 's');
const changed = await measure('property', commandLine('create-env', otherName('bench-2')));
const upstream = process.env.BOSH_CLI;
if (upstream !== undefined) {
  const theirs = await measure('property-upstream', commandLine('create-env', otherName('bench-3')), upstream);
  report('create-env/property-to-upstream', changed / theirs, 'x');
}
await measure('delete-again', commandLine('delete-env'));
