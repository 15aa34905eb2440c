// upload-release of 50 MB that does not compress: from the request to the end of the task.
import { randomBytes } from 'node:crypto';
import { fileBody } from '@boti/director-api';
import { makeReleaseOf, timedTask } from './support/bench-deployment.ts';
import { withDirector } from './support/director-lab.ts';
import { cpuSeconds } from './support/processes.ts';
import { report } from './support/report.ts';

const packages = 5;
const packageBytes = 10_000_000;

await withDirector(async ({ client, directory, pids }) => {
  const tarball = await makeReleaseOf(directory, 'large', releaseFiles());
  const body = await fileBody(tarball);
  const before = cpuSeconds([pids.director]);
  const { taskSeconds, wallSeconds } = await timedTask(client, () => client.releases.upload(body, {}));
  report('upload-release/50-mb/wall', wallSeconds, 's');
  report('upload-release/50-mb/task', taskSeconds, 's');
  report('upload-release/50-mb/cpu', cpuSeconds([pids.director]) - before, 'CPU-s');
});

function releaseFiles(): Record<string, string | Buffer> {
  const files: Record<string, string | Buffer> = {
    'config/final.yml': 'name: large\n',
    'config/blobs.yml': '--- {}\n',
    'jobs/idle/spec': '---\nname: idle\ntemplates: {}\npackages: []\nproperties: {}\n',
    'jobs/idle/monit': '',
  };
  for (let index = 0; index < packages; index += 1) {
    const name = `part-${index}`;
    files[`packages/${name}/spec`] = `---\nname: ${name}\ndependencies: []\nfiles: [${name}/data]\n`;
    files[`packages/${name}/packaging`] = 'true\n';
    files[`src/${name}/data`] = randomBytes(packageBytes);
  }
  return files;
}
