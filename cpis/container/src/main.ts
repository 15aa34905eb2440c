import { ExpectedError, jsonLogger } from '@boti/core';
import {
  dispatch,
  propertiesMarkdown,
  type RawConfig,
  resolveConfig,
  serveExecutable,
  toWireError,
} from '@boti/cpi-sdk';
import { remoteCall } from './api/remote-call.ts';
import { configSchema, documentedSchema, isRemote, type LocalConfig } from './config.ts';
import { containerCpi } from './container-cpi.ts';
import { type HostContext, openHost, removeAll, startAll, stopAll } from './host/index.ts';
import { vmPropertiesSchema } from './vms.ts';

const logger = jsonLogger(process.stderr);
const print = (line: string): boolean => process.stdout.write(`${line}\n`);
/** Loaded when it is needed: most of the time the cloud is here, and HTTPS costs memory. */
const apiClients = onDemand(async () => new (await import('./api/api-client.ts')).ApiClients());

function onDemand<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** The configuration of this machine's cloud: commands for operators are not for its clients. */
function local(file: RawConfig): ReturnType<typeof resolveConfig<LocalConfig>> {
  const { config, agent } = resolveConfig(configSchema, file, {});
  if (!isRemote(config)) return { config, agent };
  throw new ExpectedError(`This is the configuration of a client of the cloud at ${config.url}`, {
    hint: 'Run the command on the machine where the cloud is, with its own configuration.',
  });
}

const onHost =
  (work: (host: HostContext, report: (line: string) => void) => Promise<void>) =>
  async (file: RawConfig, signal: AbortSignal): Promise<void> =>
    work(await openHost(local(file).config, { logger, signal }), print);

void serveExecutable({
  name: containerCpi.name,

  async answer(body, call) {
    try {
      const remote = remoteCall(body, call.file);
      if (remote === undefined) return await dispatch(containerCpi, body, call);
      return await (await apiClients()).call(remote, call);
    } catch (error) {
      return { result: null, error: toWireError(error), log: '' };
    }
  },

  commands: {
    docs: async () =>
      void process.stdout.write(propertiesMarkdown('container', documentedSchema, { vm: vmPropertiesSchema })),
    stop: onHost(stopAll),
    start: onHost(startAll),
    cleanup: onHost(removeAll),
    async 'serve-api'(file, signal) {
      const { serveApi } = await import('./api/serve-api.ts');
      await serveApi(local(file), { logger, signal, print });
    },
  },
});
