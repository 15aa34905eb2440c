import { createWriteStream, existsSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { jsonLogger } from '@boti/core';
import { type CpiDefinition, dispatch, resolveConfig, serveLines } from '@boti/cpi-sdk';
import { configSchema, type SimConfig } from './config.ts';
import { Simulator } from './simulator.ts';

/** How often to look whether the cloud's folder is still there. Who removes it, ends the cloud. */
const watchMs = 2000;

export function socketPath(stateDir: string): string {
  return join(stateDir, 'sim.sock');
}

/**
 * The process that is the simulated cloud: it holds the VMs and their agents, and answers the CPI's requests on a socket.
 * It outlives the CPI processes, as a cloud does, and ends with SIGTERM or with its folder.
 */
export async function runHost(configJson: string): Promise<void> {
  const { config } = resolveConfig(configSchema, { properties: JSON.parse(configJson), agent: {} }, {});
  const logger = jsonLogger(createWriteStream(join(config.stateDir, 'sim.log'), { flags: 'a', mode: 0o600 }));
  await using simulator = new Simulator(config, logger);
  const end = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => end.abort(new Error(name)));
  const watch = setInterval(() => existsSync(config.stateDir) || end.abort(new Error('folder is gone')), watchMs);

  const server = await listen(socketPath(config.stateDir), (socket) => {
    serve(simulator, socket, end.signal).catch((error: unknown) => logger.error('connection failed', { error }));
  });
  logger.info('simulated cloud is up', { pid: process.pid, vms: simulator.size });
  await new Promise((resolve) => end.signal.addEventListener('abort', resolve, { once: true }));
  clearInterval(watch);
  server.close();
  rmSync(socketPath(config.stateDir), { force: true });
}

async function serve(simulator: Simulator, socket: Socket, signal: AbortSignal): Promise<void> {
  socket.on('error', () => undefined);
  // A CPI process ends its connection when all is answered: one that does it before was killed, and its calls end with it.
  const killed = new AbortController();
  socket.on('end', () => killed.abort(new Error('the CPI process has ended')));
  const definition: CpiDefinition<SimConfig> = {
    name: 'sim',
    config: configSchema,
    stemcellFormats: ['sim', 'warden-tar', 'general-tar'],
    open: async (config, context) => simulator.cloud(config, context),
  };
  const file = { properties: {}, agent: {} };
  await serveLines({
    input: socket,
    write: (line) => socket.write(line),
    signal: AbortSignal.any([signal, killed.signal]),
    answer: (body, callSignal) => dispatch(definition, body, { file, signal: callSignal, stderr: () => undefined }),
  });
  socket.end();
}

/** A socket file that nobody listens on is left by a host that was killed. The caller holds the lock, so it is ours. */
function listen(path: string, receive: (socket: Socket) => void): Promise<Server> {
  rmSync(path, { force: true });
  const { promise, resolve, reject } = Promise.withResolvers<Server>();
  const server = createServer(receive);
  server.on('error', reject);
  server.listen(path, () => resolve(server));
  return promise;
}
