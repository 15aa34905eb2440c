/** Orders texts by their UTF-8 bytes, as Go and Ruby do; for `sort`. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
