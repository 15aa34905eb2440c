import { isUtf8 } from 'node:buffer';
import { YamlInvalid } from './yaml-invalid.ts';

/** The text of a file's bytes. Throws YamlInvalid, with the line, unless they are UTF-8. */
export function decodeText(bytes: Buffer, file: string): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  let line = 1;
  let start = 0;
  for (let end = bytes.indexOf(10); end !== -1 && isUtf8(bytes.subarray(start, end)); end = bytes.indexOf(10, start)) {
    line += 1;
    start = end + 1;
  }
  throw new YamlInvalid(file, 'this line is not UTF-8', { line, column: 1 });
}
