import type { Logger } from '@boti/core';
import { mediaTypes } from '@boti/director-api';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { ContextIdViolatedMax } from '../errors.ts';
import type { Authenticate } from './authenticate.ts';
import { errorResponse } from './error-response.ts';
import { Query } from './query.ts';
import { readJson, readText, receiveFile } from './read-body.ts';
import type { Authorizer, Owned } from './rights.ts';
import { type ApiRequest, type Media, type Reply, type Route, text } from './route.ts';
import type { User } from './user.ts';

export interface AppOptions {
  readonly routes: readonly Route[];
  readonly authenticate: Authenticate;
  readonly authorizer: Authorizer;
  /** Finds the deployment that a path names, for its teams; undefined when there is none. */
  readonly findDeployment: (name: string) => Promise<Owned | undefined>;
  readonly deploymentNotFound: (name: string) => Error;
  readonly uploadDir: string;
  readonly log: Logger;
}

const anonymous: User = { name: '', scopes: [] };
const maxContextId = 64;
const maxParameterBytes = 2000;

/** The REST API as a Fastify application: `inject` for tests, `routing` for servers. */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const app = fastify({
    exposeHeadRoutes: false,
    bodyLimit: Number.MAX_SAFE_INTEGER,
    routerOptions: { maxParamLength: maxParameterBytes },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  for (const route of options.routes) {
    app.route({
      method: route.method,
      url: route.path,
      handler: (request, reply) => send(request, reply, () => answer(options, route, request)),
    });
  }
  app.setNotFoundHandler((request, reply) => send(request, reply, async () => notFound(request.url)));
  await app.ready();
  return app;

  async function send(request: FastifyRequest, reply: FastifyReply, work: () => Promise<Reply>): Promise<FastifyReply> {
    const answered = await work().catch((error: unknown) => errorResponse(error, options.log));
    return write(request, reply, answered);
  }
}

async function answer(options: AppOptions, route: Route, request: FastifyRequest): Promise<Reply> {
  const user = options.authenticate(request.headers.authorization);
  if (user === undefined && route.right !== 'none') return notAuthorized(request.url);
  const reply = await handle(options, { route, request, user: user ?? anonymous }).catch((error: unknown) =>
    errorResponse(error, options.log),
  );
  return authenticated(route, reply);
}

interface Call {
  readonly route: Route;
  readonly request: FastifyRequest;
  readonly user: User;
}

async function handle(options: AppOptions, { route, request, user }: Call): Promise<Reply> {
  const media = mediaOf(request.headers['content-type']);
  if (route.media !== undefined && (media === undefined || !route.media.includes(media))) return notFound(request.url);
  const apiRequest = requestFor(options, request, { user, media });
  await authorize(options, route, apiRequest);
  return route.handle(apiRequest);
}

async function authorize(options: AppOptions, route: Route, { user, params }: ApiRequest): Promise<void> {
  const { authorizer } = options;
  if (route.right === 'none') return;
  if (typeof route.right === 'string') {
    authorizer.requireDirector(user, route.right);
    return;
  }
  const name = params.deployment ?? '';
  const deployment = await options.findDeployment(name);
  const right = route.right.deployment;
  if (deployment !== undefined) authorizer.requireOn(user, right === 'diff' ? 'admin' : right, deployment);
  else if (right === 'diff') authorizer.requireDirector(user, 'create_deployment');
  else throw options.deploymentNotFound(name);
}

function requestFor(
  options: AppOptions,
  request: FastifyRequest,
  { user, media }: { readonly user: User; readonly media: Media | undefined },
): ApiRequest {
  const header = (name: string): string | undefined => request.headers[name.toLowerCase()]?.toString();
  const contextId = header('x-bosh-context-id') ?? '';
  if (contextId.length > maxContextId) throw new ContextIdViolatedMax();
  return {
    params: request.params as Record<string, string>,
    query: new Query(request.url),
    user,
    media,
    contextId,
    header,
    text: () => readText(request.raw),
    json: (schema) => readJson(request.raw, schema),
    upload: () => receiveFile(request.raw, options.uploadDir),
  };
}

function mediaOf(contentType: string | undefined): Media | undefined {
  const type = contentType?.split(';')[0]?.trim();
  const found = Object.entries(mediaTypes).find(([, value]) => value === type);
  return found?.[0] as Media | undefined;
}

/** Upstream names the realm in every reply to a known user. */
function authenticated(route: Route, reply: Reply): Reply {
  if (route.right === 'none') return reply;
  return { ...reply, headers: { 'www-authenticate': realm, ...reply.headers } };
}

const realm = 'Basic realm="BOSH Director"';

function notAuthorized(url: string): Reply {
  const refused = text(`Not authorized: '${pathOf(url)}'\n`, 401);
  return { ...refused, headers: { ...refused.headers, 'www-authenticate': realm } };
}

function notFound(url: string): Reply {
  return text(`Endpoint '${pathOf(url)}' not found.`, 404);
}

function pathOf(url: string): string {
  return url.split('?')[0] ?? url;
}

function write(request: FastifyRequest, reply: FastifyReply, answered: Reply): FastifyReply {
  reply.code(answered.status).headers({ ...answered.headers });
  if (answered.redirect !== undefined) {
    const host = request.headers.host ?? 'localhost';
    reply.header('location', `https://${host}${answered.redirect}`);
  }
  // Fastify adds a charset to the Content-Type of texts, which upstream does not send.
  return reply.send(typeof answered.body === 'string' ? Buffer.from(answered.body) : (answered.body ?? null));
}
