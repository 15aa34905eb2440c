/**
 * The version of a stemcell built now: `1.<yyyymmdd>.<second of the day>` (UTC). It rises with time, so that `latest`
 * finds the newest; equal content keeps its version, because it comes from the cache.
 */
export function stemcellVersionAt(now: Date): string {
  const day = now.toISOString().slice(0, 10).replaceAll('-', '');
  const second = now.getUTCHours() * 3600 + now.getUTCMinutes() * 60 + now.getUTCSeconds();
  return `1.${day}.${second}`;
}
