import { writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { readTar } from '@boti/archive';
import type { KeyAndCertificate } from '@boti/certificates';

/** How the agent behaves: the words of the recordings' own harness. */
export interface AgentScript {
  readonly drain?: number;
  readonly job_state?: string;
  readonly http_status?: number;
  readonly put_status?: number;
  /** Method → text of the exception. */
  readonly error?: Readonly<Record<string, string>>;
  /** The exception is what `get_task` answers. */
  readonly error_in_task?: boolean;
  /** What `list_disk` answers. */
  readonly mounted?: readonly string[];
  /** Called before each request is answered. */
  readonly onRequest?: (method: string) => void;
}

export interface ScriptedAgent extends AsyncDisposable {
  readonly port: number;
  /** Method and arguments; blobs as `['PUT', [file, …]]`. */
  readonly calls: (readonly [string, unknown])[];
  readonly replyTos: Set<string>;
  script(script: AgentScript): void;
}

const asynchronous = new Set(
  'apply prepare stop drain run_script compile_package add_persistent_disk remove_persistent_disk mount_disk unmount_disk migrate_disk'.split(
    ' ',
  ),
);

export async function startScriptedAgent(tls: KeyAndCertificate, tmp: string): Promise<ScriptedAgent> {
  const agent = new Agent(tmp);
  const server: Server = createServer({ key: tls.privateKey, cert: tls.certificate }, (request, response) => {
    agent.serve(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  return {
    port: (server.address() as AddressInfo).port,
    calls: agent.calls,
    replyTos: agent.replyTos,
    script: (script) => agent.start(script),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

class Agent {
  readonly calls: (readonly [string, unknown])[] = [];
  readonly replyTos = new Set<string>();
  readonly #tmp: string;
  readonly #tasks = new Map<string, object>();
  #script: AgentScript = {};

  constructor(tmp: string) {
    this.#tmp = tmp;
  }

  start(script: AgentScript): void {
    this.#script = script;
    this.calls.length = 0;
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers.authorization !== `Basic ${Buffer.from('user:pass').toString('base64')}`) {
      response.writeHead(401).end();
    } else if (request.method === 'PUT') await this.#put(request, response);
    else if (request.method === 'GET') response.writeHead(200).end(`content of ${request.url?.split('/').pop()}`);
    else await this.#post(request, response);
  }

  async #put(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#script.onRequest?.('PUT');
    const path = join(this.#tmp, 'blob');
    await writeFile(path, await buffer(request));
    const files: string[] = [];
    await readTar(path, async (member) => void (member.type === 'file' && files.push(member.path)));
    this.calls.push(['PUT', files.sort()]);
    response.writeHead(this.#script.put_status ?? 201).end();
  }

  async #post(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = JSON.parse(await text(request)) as { method: string; arguments: unknown[]; reply_to: string };
    this.#script.onRequest?.(body.method);
    this.calls.push([body.method, body.arguments]);
    this.replyTos.add(body.reply_to);
    if (this.#script.http_status !== undefined) {
      response.writeHead(this.#script.http_status).end();
      return;
    }
    response.writeHead(200).end(JSON.stringify(this.#answer(body.method, body.arguments)));
  }

  #answer(method: string, args: readonly unknown[]): object {
    if (method === 'get_task') return this.#tasks.get(String(args[0])) ?? { exception: { message: 'no such task' } };
    const message = this.#script.error?.[method];
    const failure = message === undefined ? undefined : { exception: { message } };
    if (failure !== undefined && this.#script.error_in_task !== true) return failure;
    const final = failure ?? { value: this.#valueOf(method, args) };
    if (!asynchronous.has(method)) return final;
    const id = `task-${this.#tasks.size}`;
    this.#tasks.set(id, final);
    return { value: { agent_task_id: id, state: 'running' } };
  }

  #valueOf(method: string, args: readonly unknown[]): unknown {
    const state = { job_state: this.#script.job_state ?? 'running', networks: { private: { ip: '10.0.0.5' } } };
    const values: Readonly<Record<string, unknown>> = {
      ping: 'pong',
      get_state: state,
      drain: this.#script.drain ?? 0,
      list_disk: this.#script.mounted ?? [],
      compile_package: { result: { blobstore_id: `compiled-${args[2]}`, sha1: '0'.repeat(40) } },
    };
    return values[method] ?? {};
  }
}
