import { ExpectedError } from '@boti/core';
import { z } from 'zod';
import type { Cell } from '../ui/table.ts';
import type { Ui } from '../ui/ui.ts';

const instanceSchema = z.object({
  instance: z.string(),
  index: z.number(),
  az: z.string().nullable(),
  action: z.string(),
  reasons: z.array(z.string()),
});

/** Result of a dry run on a Director of boti's. Warnings are shown as task events before. */
const planSchema = z.object({
  instances: z.array(instanceSchema),
  compile: z.array(z.string()),
  summary: z.string(),
});

type Plan = z.infer<typeof planSchema>;

/** Shows what a deploy would do and why; `result` is the dry run's. */
export function showPlan(ui: Ui, result: string): void {
  const { instances, compile, summary } = parsePlan(result);
  if (compile.length > 0) {
    ui.table({ content: 'packages to compile', header: ['Package'], rows: compile.map((name) => [name]) });
  }
  const changed = instances.filter(({ action }) => action !== 'keep');
  ui.table({
    content: 'instances to change',
    header: ['Instance', 'AZ', 'Action', 'Reasons'],
    rows: changed.map(toRow),
  });
  ui.report(`Plan: ${summary}`);
}

function toRow({ instance, index, az, action, reasons }: Plan['instances'][number]): readonly Cell[] {
  return [`${instance} (${index})`, az ?? '', action, reasons.join('\n')];
}

function parsePlan(result: string): Plan {
  const hint = 'Only Directors of boti explain their plans; with others use --dry-run.';
  if (result.trim() === '') throw new ExpectedError('The Director answered no plan', { hint });
  try {
    return planSchema.parse(JSON.parse(result));
  } catch (cause) {
    throw new ExpectedError('The Director answered a plan that cannot be read', { cause, hint });
  }
}
