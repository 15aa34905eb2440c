import { isPlainText } from './resolve-scalar.ts';
import type { Context } from './write-scalar.ts';
import type { YamlWriter } from './yaml-writer.ts';

/** Characters that are neither escaped nor line breaks. */
const usualLine = /^[\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]+$/;
const notPlain = /^(?:---|\.\.\.|[ #,[\]{}&*!|>'"%@`]|[?:-](?: |$))|:(?: |$)| (?:#|$)/;
const usualLiteral = /^(?![ \n])[\n\x20-\x7e]+$/;
const spaceAtLineEdge = / (?:\n|$)/;

/** Writes what most text is, without looking at each character: one plain line that needs no folding, or literal text. */
export function writeUsualText(writer: YamlWriter, text: string, { isSimpleKey }: Context): boolean {
  if (usualLine.test(text)) {
    if (notPlain.test(text) || !(isSimpleKey || writer.fits(text.length) || !text.includes(' '))) return false;
    if (!isPlainText(text)) return false;
    writer.asItIs(text);
    return true;
  }
  if (isSimpleKey || !usualLiteral.test(text) || spaceAtLineEdge.test(text)) return false;
  writer.deeper(() => writer.literalLines(text), false, true);
  return true;
}
