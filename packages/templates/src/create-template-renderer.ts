import type { RubyOutcome } from './ruby-vm.ts';
import { TemplateRenderFailed } from './template-render-failed.ts';
import type {
  JobTemplate,
  RenderedFile,
  RenderRequest,
  TemplateFailure,
  TemplateRenderer,
} from './template-renderer.ts';
import { WorkerPool } from './worker-pool.ts';

export interface TemplateRendererOptions {
  /** Each running worker takes 120 to 150 MB. */
  readonly workers?: number;
  /** For one template. */
  readonly timeoutMs?: number;
  /** For one Ruby; it needs 73 MiB by itself. */
  readonly memoryMib?: number;
  /** A worker that had nothing to do for so long is stopped. */
  readonly idleMs?: number;
}

/** Renders with CRuby in worker threads, which start on demand. Dispose of it to stop them. */
export function createTemplateRenderer(options: TemplateRendererOptions = {}): TemplateRenderer {
  const { workers = 1, timeoutMs = 30_000, memoryMib = 256, idleMs = 60_000 } = options;
  const pool = new WorkerPool({ workers, timeoutMs, memoryMib, idleMs });
  return {
    render: (request, signal) => renderAll(pool, request, signal),
    [Symbol.asyncDispose]: () => pool.close(),
  };
}

async function renderAll(
  pool: WorkerPool,
  request: RenderRequest,
  signal: AbortSignal | undefined,
): Promise<readonly RenderedFile[]> {
  const results = await Promise.all(
    request.templates.map(async (template) => {
      const outcome = await pool.run(taskOf(request, template), signal);
      return resultOf(request.job, template, outcome);
    }),
  );
  const failures = results.filter((result) => 'message' in result);
  if (failures.length > 0) throw new TemplateRenderFailed(request.job, failures);
  return results.filter((result) => 'content' in result);
}

function taskOf(request: RenderRequest, { source, erb }: JobTemplate) {
  const { dialect = 'director', job, context } = request;
  return { dialect, file: `${job}/${source}`, erb, context, dns: 'dns' in request ? request.dns : null };
}

function resultOf(job: string, template: JobTemplate, outcome: RubyOutcome): RenderedFile | TemplateFailure {
  const { source, destination } = template;
  if (outcome.message !== undefined) return { job, source, line: outcome.line ?? undefined, message: outcome.message };
  return { source, destination, content: outcome.content ?? '' };
}
