import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunningProgram, startProgram, testCertificates } from '@boti/testkit';
import { type Client, type TestCloud, testCloud, writeCpiConfig } from './test-cloud.ts';

const main = join(import.meta.dirname, '../src/main.ts');
export const token = 'a token that only tests know';

interface RunningApi {
  readonly server: RunningProgram;
  readonly ca: string;
}

/** The same as `testCloud`, called through its API. */
export async function testCloudOverApi(subnet: string, bridge: string): Promise<TestCloud> {
  return (await apiCloud(subnet, bridge, {})).cloud;
}

export async function apiCloud(
  subnet: string,
  bridge: string,
  limits: object,
): Promise<{ readonly cloud: TestCloud; readonly api: RunningApi }> {
  const started = Promise.withResolvers<RunningApi>();
  const cloud = await testCloud(subnet, bridge, async (dir, properties): Promise<Client> => {
    const api = await startApi(dir, properties, limits);
    started.resolve(api);
    const config = join(dir, 'client.json');
    await writeCpiConfig(config, { url: api.server.urls[0], ca: api.ca, token });
    return { config, stop: () => api.server.stop() };
  });
  return { cloud, api: await started.promise };
}

export async function startApi(dir: string, properties: object, api: object = {}): Promise<RunningApi> {
  const { ca, https } = await testCertificates();
  const [certificate, privateKey] = [join(dir, 'api.crt'), join(dir, 'api.key')];
  await writeFile(certificate, https.certificate);
  await writeFile(privateKey, https.privateKey);
  const config = join(dir, 'api.json');
  const listen = [{ host: '127.0.0.1', port: 0 }];
  await writeCpiConfig(config, { ...properties, api: { listen, certificate, privateKey, tokens: [token], ...api } });
  return { server: await startProgram(main, 'serve-api', '--config', config), ca: ca.certificate };
}
