import { ExpectedError, jsonLogger } from '@boti/core';
import { dispatch, type RawConfig, resolveConfig, serveExecutable, toWireError } from '@boti/cpi-sdk';
import { ApiClients } from './api/api-client.ts';
import { remoteCall } from './api/remote-call.ts';
import { serveApi } from './api/serve-api.ts';
import { configSchema, isRemote, type LocalConfig } from './config.ts';
import { containerCpi } from './container-cpi.ts';
import { type HostContext, openHost, removeAll, startAll, stopAll } from './host/index.ts';

const logger = jsonLogger(process.stderr);
const print = (line: string): boolean => process.stdout.write(`${line}\n`);
const clients = new ApiClients();

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
      return await clients.call(remote, call);
    } catch (error) {
      return { result: null, error: toWireError(error), log: '' };
    }
  },

  commands: {
    stop: onHost(stopAll),
    start: onHost(startAll),
    cleanup: onHost(removeAll),
    'serve-api': (file, signal) => serveApi(local(file), { logger, signal, print }),
  },
});
