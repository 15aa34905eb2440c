/** `2026-11-22 08:45:23 UTC`: how upstream writes times of its database. */
export function timeText(time: Date): string {
  return time
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
}

/** `2026-11-22T08:45:23Z` */
export function isoTime(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}

export function epochSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
