import type { AgentState, ApplySpec } from '@boti/agent-protocol';
import { maxLogFileSize } from '../apply/spec-store.ts';
import type { Action, Deps } from './action.ts';

/** The stored spec with every field that upstream's agent gives, set or not. Source: applyspec/v1_apply_spec.go. */
export function getState({ settings, specs, supervisor, vitals }: Deps): Action<'get_state'> {
  return {
    name: 'get_state',
    mode: 'sync',
    async run([detail]) {
      const [spec, { jobState, processes }] = await Promise.all([specs.get(), supervisor.state()]);
      const { agent_id: agentId, vm } = settings.current;
      return {
        ...fullSpec(spec),
        agent_id: agentId,
        job_state: jobState,
        processes: [...processes],
        vm: { name: vm.name },
        ...(detail === 'full' && { vitals: await vitals.read() }),
      } as AgentState;
    },
  };
}

function fullSpec(spec: ApplySpec): Record<string, unknown> {
  return {
    properties: { logging: { max_log_file_size: spec.properties?.logging ? maxLogFileSize(spec) : '' } },
    job: fullJob(spec.job),
    packages: fullPackages(spec),
    configuration_hash: spec.configuration_hash ?? '',
    networks: spec.networks ?? {},
    resource_pool: spec.resource_pool ?? {},
    deployment: spec.deployment ?? '',
    name: spec.name ?? '',
    index: spec.index ?? null,
    id: spec.id ?? '',
    az: spec.az ?? '',
    persistent_disk: spec.persistent_disk ?? 0,
    rendered_templates_archive: spec.rendered_templates_archive ?? null,
  };
}

function fullJob(job: ApplySpec['job']): Record<string, unknown> {
  return {
    name: job?.name ?? '',
    release: job?.release ?? '',
    template: job?.template ?? '',
    version: job?.version ?? '',
    templates: job?.templates?.map(({ name, version = '' }) => ({ name, version })) ?? null,
  };
}

function fullPackages(spec: ApplySpec): Record<string, unknown> {
  const entries = Object.entries(spec.packages ?? {}).map(([key, ref]) => [
    key,
    {
      name: ref.name,
      version: ref.version,
      sha1: ref.sha1,
      blobstore_id: ref.blobstore_id ?? '',
      signed_url: ref.signed_url ?? '',
      blobstore_headers: ref.blobstore_headers ?? null,
    },
  ]);
  return Object.fromEntries(entries);
}
