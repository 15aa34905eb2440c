import { errandSchema, runErrandRequestSchema } from '@boti/director-api';
import { z } from 'zod';
import { findDeployment, requireDeployment } from '../../deployments/deployment-store.ts';
import { jobsOfVersion } from '../../releases/job-store.ts';
import { releaseVersionIds } from '../../releases/release-store.ts';
import { runErrandTask } from '../../tasks/task-kinds.ts';
import type { ApiDeps } from '../deps.ts';
import { parseMapping } from '../parse-mapping.ts';
import { type ApiRequest, json, type Reply, type Route } from '../route.ts';
import { startTask } from '../start-task.ts';

export function errandRoutes(deps: ApiDeps): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/deployments/:deployment/errands',
      summary: 'List the errands of a deployment',
      right: { deployment: 'read' },
      reply: z.array(errandSchema),
      handle: (request) => list(deps, request),
    },
    {
      method: 'POST',
      path: '/deployments/:deployment/errands/:errand/runs',
      summary: 'Run an errand',
      right: { deployment: 'admin' },
      body: runErrandRequestSchema,
      reply: 'task',
      handle: (request) => run(deps, request),
    },
  ];
}

const manifestSchema = z.object({
  releases: z
    .array(z.object({ name: z.string(), version: z.union([z.string(), z.number()]).transform(String) }))
    .default([]),
  instance_groups: z
    .array(
      z.object({
        name: z.string(),
        lifecycle: z.string().default('service'),
        jobs: z
          .array(z.object({ name: z.string(), release: z.string().optional() }))
          .nullish()
          .transform((jobs) => jobs ?? []),
      }),
    )
    .default([]),
});

type Manifest = z.infer<typeof manifestSchema>;

/** Errand groups, and every job that has something to run. */
async function list({ database }: ApiDeps, { params }: ApiRequest): Promise<Reply> {
  const deployment = await findDeployment(database, params.deployment ?? '');
  if (deployment?.manifest == null) return json([]);
  const manifest = manifestSchema.parse(parseMapping(deployment.manifest, 'Manifest'));
  const groups = manifest.instance_groups.filter(({ lifecycle }) => lifecycle === 'errand').map(({ name }) => name);
  const names = [...new Set([...groups, ...(await runnableJobs(database, manifest))])];
  return json(names.map((name) => ({ name })));
}

async function runnableJobs(database: ApiDeps['database'], manifest: Manifest): Promise<readonly string[]> {
  const runnable = new Set<string>();
  for (const release of manifest.releases) {
    const [id] = await releaseVersionIds(database, [release]);
    const jobs = id === undefined ? [] : await jobsOfVersion(database, id);
    for (const job of jobs) {
      const targets = Object.values(job.spec.templates ?? {});
      if (targets.includes('bin/run') || targets.includes('bin/run.ps1')) runnable.add(`${release.name}/${job.name}`);
    }
  }
  const used = manifest.instance_groups.flatMap(({ jobs }) => jobs);
  return used.filter(({ name, release }) => runnable.has(`${release}/${name}`)).map(({ name }) => name);
}

async function run(deps: ApiDeps, request: ApiRequest): Promise<Reply> {
  const deployment = await requireDeployment(deps.database, request.params.deployment ?? '');
  const body = await request.json(runErrandRequestSchema);
  const input = {
    deployment: deployment.name,
    errand: request.params.errand ?? '',
    keepAlive: body['keep-alive'] ?? false,
    whenChanged: body['when-changed'] ?? false,
    instances: (body.instances ?? []).map(({ group, id }) => ({ group, id: id ? String(id) : idOrNull(id) })),
  };
  return startTask(deps, request, { kind: runErrandTask, input, deployment });
}

/** 0 is an index; nothing, or an empty text, means the whole group. */
function idOrNull(id: string | number | undefined): string | null {
  return id === 0 ? '0' : null;
}
