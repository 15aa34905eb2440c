import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';

/**
 * Something that goes wrong. With `method` it strikes a call of the CPI, with `action` a request to an agent; `match`
 * narrows it to calls whose arguments, or agents whose id, deployment or instance group, contain this text.
 */
export const faultSchema = z.strictObject({
  /** Wire name of a CPI method, or `*`. */
  method: z.string().optional(),
  /** Name of an agent action, or `*`. */
  action: z.string().optional(),
  match: z.string().optional(),
  /** Let so many go well first. */
  after: z.number().int().nonnegative().default(0),
  /** Strike so often, then be over. For ever when absent. */
  times: z.number().int().positive().optional(),
  /** Make it another fault with a count of its own, though all else is the same. */
  id: z.string().optional(),
  delayMs: z.number().nonnegative().default(0),
  /** Never answer: a CPI call until it is cancelled, an agent at all. */
  hang: z.boolean().default(false),
  /** CPI: do the work, then fail. The caller cannot know that it was done. */
  late: z.boolean().default(false),
  /** CPI: the error of the answer. */
  error: z
    .strictObject({
      type: z.string().default('CloudError'),
      message: z.string(),
      okToRetry: z.boolean().default(false),
    })
    .optional(),
  /** Agent: the exception of the answer. */
  exception: z.string().optional(),
  /** Agent: the value of the answer, in place of the real one. */
  value: z.unknown().optional(),
});
export type Fault = z.infer<typeof faultSchema>;

/** Which fault strikes now. Faults of the configuration come first, then those of `faults.json`, read when it changes. */
export class Faults {
  readonly #file: string;
  readonly #struck = new Map<string, number>();
  #fromFile: readonly Fault[] = [];
  #stamp = '';

  constructor(file: string) {
    this.#file = file;
  }

  /** The first fault that applies, counted as having struck; undefined when all goes well. */
  strike(kind: 'method' | 'action', name: string, subject: string, configured: readonly Fault[]): Fault | undefined {
    return [...configured, ...this.#read()].find((fault) => {
      if (fault[kind] !== name && fault[kind] !== '*') return false;
      if (fault.match !== undefined && !subject.includes(fault.match)) return false;
      const key = JSON.stringify(fault);
      const count = this.#struck.get(key) ?? 0;
      if (fault.times !== undefined && count >= fault.after + fault.times) return false;
      this.#struck.set(key, count + 1);
      return count >= fault.after;
    });
  }

  #read(): readonly Fault[] {
    const stamp = fileStamp(this.#file);
    if (stamp === this.#stamp) return this.#fromFile;
    this.#fromFile = stamp === '' ? [] : z.array(faultSchema).parse(JSON.parse(readFileSync(this.#file, 'utf8')));
    this.#stamp = stamp;
    return this.#fromFile;
  }
}

function fileStamp(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  return found === undefined ? '' : `${found.mtimeNs}/${found.size}/${found.ino}`;
}
