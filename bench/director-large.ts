// The Director on the simulated cloud with 1,000 instances in one deployment, each agent with a connection of its own.
import { cloudConfig, makeRelease, makeSimStemcell, upload } from './support/bench-deployment.ts';
import { withDirector } from './support/director-lab.ts';
import { measureDeploy } from './support/measure-deploys.ts';
import { memoryOf } from './support/processes.ts';
import { isQuick, report } from './support/report.ts';

const instances = isQuick ? 200 : 1000;

await withDirector(async ({ client, directory, pids }) => {
  const release = await makeRelease(directory);
  await upload(client, { release, stemcell: await makeSimStemcell(directory), config: cloudConfig() });
  await measureDeploy({ name: 'director-large', client, directorPid: pids.director }, instances);
  report('director-large/rss/director', memoryOf(pids.director).rss, 'MB');
  report('director-large/rss/nats', memoryOf(pids.nats).rss, 'MB');
});
