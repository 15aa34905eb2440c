/** One file of a job that ERB makes. */
export interface JobTemplate {
  /** Path under the job's templates/ (`ctl.erb`), or `monit`: named in errors. */
  readonly source: string;
  /** Path under /var/vcap/jobs/<job>; `monit` for the monit file. */
  readonly destination: string;
  readonly erb: string;
}

/** Properties as the job spec declares them: name → default. */
export interface JobPropertyDefinition {
  readonly default?: unknown;
  readonly description?: unknown;
  readonly example?: unknown;
}

/** What a template sees as `spec`, `p`, `link`. All values are plain JSON. */
export interface TemplateContext {
  readonly deployment: string;
  /** Instance group. */
  readonly name: string;
  readonly job: Readonly<Record<string, unknown>>;
  readonly index: number;
  readonly id: string;
  readonly az: string | null;
  readonly bootstrap: boolean;
  readonly networks: Readonly<Record<string, unknown>>;
  readonly address: string;
  readonly ip: string;
  readonly persistent_disk: number;
  readonly release: { readonly name: string; readonly version: string };
  readonly dns_domain_name: string;
  /** Already restricted to the declared properties, defaults filled in. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** Properties before restriction, for `spec.global_properties`-style legacy access; empty in new manifests. */
  readonly global_properties?: Readonly<Record<string, unknown>>;
  /** Link name → link spec (instances, properties, address, …). */
  readonly links: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What a template sees when create-env renders it: no links, few spec keys. */
export interface CreateEnvTemplateContext {
  /** Release job, not instance group. */
  readonly name: string;
  readonly index: number;
  readonly id: string;
  readonly az: string;
  readonly bootstrap: boolean;
  readonly job: { readonly name: string };
  readonly deployment: string;
  readonly address?: string;
  readonly networks: Readonly<Record<string, unknown>>;
  readonly global_properties: Readonly<Record<string, unknown>>;
  readonly cluster_properties: Readonly<Record<string, unknown>>;
  readonly job_properties: Readonly<Record<string, unknown>> | null;
  readonly default_properties: Readonly<Record<string, unknown>>;
  /** Already restricted to the declared properties, defaults filled in. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The numbers that DNS query names are made of; without them `link.address` is the address of an instance. */
export interface TemplateDns {
  /** AZ name → id. */
  readonly azs: Readonly<Record<string, string>>;
  /** Network name → id. */
  readonly networks: Readonly<Record<string, string>>;
  /** Instance UUID → number. */
  readonly instances: Readonly<Record<string, string>>;
  readonly groups: readonly {
    readonly type: 'instance-group' | 'link';
    readonly name: string;
    readonly deployment: string;
    readonly id: string;
  }[];
}

/** `director`: links, all of `spec`. `create-env`: as the CLI renders without a Director. */
export const templateDialects = ['director', 'create-env'] as const;
export type TemplateDialect = (typeof templateDialects)[number];

interface RenderWork {
  /** Job (not instance group): named in errors. */
  readonly job: string;
  readonly templates: readonly JobTemplate[];
}

export type RenderRequest = RenderWork &
  (
    | { readonly dialect?: 'director'; readonly context: TemplateContext; readonly dns?: TemplateDns }
    | { readonly dialect: 'create-env'; readonly context: CreateEnvTemplateContext }
  );

export interface RenderedFile {
  readonly source: string;
  readonly destination: string;
  readonly content: string;
}

/** One template that could not be rendered: `line` counts from 1 in the ERB source. */
export interface TemplateFailure {
  readonly job: string;
  readonly source: string;
  readonly line: number | undefined;
  readonly message: string;
}

/** Renders ERB with CRuby in worker threads. A request's failures come all at once, in a TemplateRenderFailed. */
export interface TemplateRenderer extends AsyncDisposable {
  render(request: RenderRequest, signal?: AbortSignal): Promise<readonly RenderedFile[]>;
}
