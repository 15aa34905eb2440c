import { parentPort, workerData } from 'node:worker_threads';
import { bootRuby, type RubyOutcome, type RubyTask } from './ruby-vm.ts';

/** What the pool gives a worker at its start. */
export interface RenderWorkerOptions {
  readonly memoryBytes: number;
}

/** What a worker says: once that it is up, then one answer for each task. */
export type RenderWorkerMessage = { readonly kind: 'ready' } | ({ readonly kind: 'outcome' } & RubyOutcome);

async function main(): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('render-worker.ts runs as a worker thread only');
  const ruby = await bootRuby((workerData as RenderWorkerOptions).memoryBytes);
  port.on('message', (task: RubyTask) => {
    port.postMessage({ kind: 'outcome', ...attempt(() => ruby.render(task)) } satisfies RenderWorkerMessage);
  });
  port.postMessage({ kind: 'ready' } satisfies RenderWorkerMessage);
}

/** An error that leaves Ruby itself (exit!, a stack that ran over) leaves it unusable. */
function attempt(render: () => RubyOutcome): RubyOutcome {
  try {
    return render();
  } catch (error) {
    return { message: `Ruby stopped: ${error instanceof Error ? error.message : String(error)}`, tainted: true };
  }
}

void main();
