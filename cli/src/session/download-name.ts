/** `<prefix>-20261122-084450-579533494.tgz`: local time with nanoseconds, without trailing zeros. */
export function downloadName(prefix: string, now = new Date()): string {
  const pad = (value: number, width = 2): string => String(value).padStart(width, '0');
  const date = `${now.getFullYear()}${pad(now.getMonth() + 1)}${pad(now.getDate())}`;
  const time = `${pad(now.getHours())}${pad(now.getMinutes())}${pad(now.getSeconds())}`;
  const fraction = now.getMilliseconds() === 0 ? '' : `-${pad(now.getMilliseconds(), 3).replace(/0+$/, '')}`;
  return `${prefix}-${date}-${time}${fraction}.tgz`;
}
