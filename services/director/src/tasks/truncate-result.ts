const limit = 128;

/** What fits into a task's `result`: about a line. Once cut, every line of it loses its last word. */
// BOSH: job_runner.rb truncate (Ruby's `$` ends each line)
export function truncateResult(text: string): string {
  const stripped = text.trim();
  if (stripped.length <= limit) return stripped;
  return `${stripped.slice(0, limit + 1).replace(/\s\S*$/gm, '')}...`;
}
