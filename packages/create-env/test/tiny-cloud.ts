import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestRelease } from './artifacts.ts';
import { cpiRelease } from './scripted-cpi.ts';

/** What is on the cloud. */
export interface CloudContent {
  readonly vms: readonly string[];
  readonly disks: readonly string[];
  readonly stemcells: readonly string[];
}

/**
 * A cloud of files with a CPI of its own. It keeps a journal, and kills its caller with SIGKILL at the call that
 * `kill-at` names: before it has done what was asked, or after, without answering.
 */
const program = `#!/bin/bash
dir='<%= p("dir") %>'
cloud=$dir/cloud
IFS= read -r request
[[ $request =~ \\"method\\":\\"([a-z_]+)\\" ]]; method=\${BASH_REMATCH[1]}
[[ $request =~ \\"arguments\\":\\[\\"([^\\"]*)\\" ]]; first=\${BASH_REMATCH[1]}
[[ $request =~ \\"boti_creation\\":\\"([^\\"]*)\\" ]]; creation=\${BASH_REMATCH[1]}
calls=$(cat "$dir/calls" 2>/dev/null || echo 0)
echo $((calls + 1)) > "$dir/calls"
read -r kill_at kill_when < "$dir/kill-at" 2>/dev/null
die() { if [ "$kill_at" = "$calls" ] && [ "$kill_when" = "$1" ]; then kill -9 $PPID; exit 0; fi; }
say() { printf '{"result":%s,"error":null,"log":""}' "$1"; }
make() { cid=$1-$calls-$$; echo "$creation" > "$cloud/$1s/$cid"; }
die before
case $method in
info) result='{"api_version":2,"stemcell_formats":["dummy"],"boti":{"extensions":["journal"]}}';;
create_stemcell) make stemcell; result="\\"$cid\\"";;
create_vm) make vm; result="[\\"$cid\\",{}]";;
create_disk) make disk; result="\\"$cid\\"";;
attach_disk) result='{"path":"/dev/sdc"}';;
has_vm) [ -e "$cloud/vms/$first" ] && result=true || result=false;;
has_disk) [ -e "$cloud/disks/$first" ] && result=true || result=false;;
delete_vm) rm -f "$cloud/vms/$first"; result=null;;
delete_disk) rm -f "$cloud/disks/$first"; result=null;;
delete_stemcell) rm -f "$cloud/stemcells/$first"; result=null;;
find_creation) found=$(grep -rlFx -- "$first" "$cloud" | head -1); [ -n "$found" ] && result="\\"$(basename "$found")\\"" || result=null;;
*) result=null;;
esac
die after
say "$result"
`;

/** The CPI's release, for a scene in place of the scripted one. */
export const tinyCloudRelease: TestRelease = {
  ...cpiRelease,
  jobs: cpiRelease.jobs.map((job) => ({ ...job, templates: { ...job.templates, 'bin/cpi': program } })),
};

export interface TinyCloud {
  content(): Promise<CloudContent>;
  /** Empties it. */
  reset(): Promise<void>;
  /** Kills the caller at its nth call from now on; never when absent. */
  killAt(call?: number, when?: 'before' | 'after'): Promise<void>;
  /** How many calls there were since then. */
  calls(): Promise<number>;
}

export function tinyCloud(dir: string): TinyCloud {
  const folder = (kind: keyof CloudContent): string => join(dir, 'cloud', kind);
  return {
    content: async () => ({
      vms: (await readdir(folder('vms'))).sort(),
      disks: (await readdir(folder('disks'))).sort(),
      stemcells: (await readdir(folder('stemcells'))).sort(),
    }),
    async reset() {
      await rm(join(dir, 'cloud'), { recursive: true, force: true });
      for (const kind of ['vms', 'disks', 'stemcells'] as const) await mkdir(folder(kind), { recursive: true });
    },
    async killAt(call = -1, when = 'before') {
      await writeFile(join(dir, 'calls'), '0\n');
      await writeFile(join(dir, 'kill-at'), `${call} ${when}\n`);
    },
    calls: async () => Number(await readFile(join(dir, 'calls'), 'utf8')),
  };
}
