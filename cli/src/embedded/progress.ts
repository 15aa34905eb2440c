import type { Ui } from '../ui/ui.ts';

/** Tells how the steps of `up` and `down` go, on a terminal and in a log alike. */
export interface Progress {
  /** Runs a step and says how long it took. What `work` returns is said after the name. */
  step(name: string, work: (detail: (text: string) => void) => Promise<string | undefined>): Promise<void>;
  say(text: string): void;
  /** What took how long, in order of their ends. */
  readonly timings: readonly { readonly name: string; readonly seconds: number }[];
}

const quickSeconds = 1;

export function progressOn(ui: Ui, now: () => number = Date.now): Progress {
  const timings: { name: string; seconds: number }[] = [];
  const say = (text: string): void => ui.report(text);
  return {
    timings,
    say,
    async step(name, work) {
      const startedAt = now();
      const seconds = (): number => (now() - startedAt) / 1000;
      const result = await work((text) => say(`  ${name}: ${text}`));
      timings.push({ name, seconds: seconds() });
      const time = seconds() < quickSeconds ? '' : ` (${seconds().toFixed(1)} s)`;
      say(`  ${name}: ${result ?? 'done'}${time}`);
    },
  };
}
