import type { Range as LspRange, Position } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Range } from '../syntax/node.ts';

/** What a position's `character` counts; agreed on when the connection starts. */
export type PositionEncoding = 'utf-8' | 'utf-16' | 'utf-32';

const utf8 = new TextEncoder();

/** Units of the encoding in a text of one line. */
function unitsIn(text: string, encoding: PositionEncoding): number {
  if (encoding === 'utf-16') return text.length;
  return encoding === 'utf-8' ? utf8.encode(text).length : [...text].length;
}

/** UTF-16 length of the longest beginning of `line` that has at most `units` units. */
function prefixLength(line: string, units: number, encoding: PositionEncoding): number {
  let left = units;
  let length = 0;
  for (const character of line) {
    left -= unitsIn(character, encoding);
    if (left < 0) break;
    length += character.length;
  }
  return length;
}

/** Line and character ↔ offset in UTF-16 code units, for one version of one text. */
export class Positions {
  private readonly document: TextDocument;
  private readonly encoding: PositionEncoding;

  constructor(document: TextDocument, encoding: PositionEncoding) {
    this.document = document;
    this.encoding = encoding;
  }

  static of(text: string, encoding: PositionEncoding): Positions {
    return new Positions(TextDocument.create('', '', 0, text), encoding);
  }

  /** Positions behind a line's or the text's end are taken for that end. */
  offsetAt(position: Position): number {
    return this.document.offsetAt(this.toUtf16(position));
  }

  positionAt(offset: number): Position {
    const position = this.document.positionAt(offset);
    if (this.encoding === 'utf-16') return position;
    const line = this.document.getText({ start: { line: position.line, character: 0 }, end: position });
    return { line: position.line, character: unitsIn(line, this.encoding) };
  }

  /** `shift` is where the offsets' document begins in the text. */
  range({ start, end }: Range, shift = 0): LspRange {
    return { start: this.positionAt(start + shift), end: this.positionAt(end + shift) };
  }

  /** The same range in UTF-16 units, as edits of a TextDocument need it. */
  utf16Range({ start, end }: LspRange): LspRange {
    return { start: this.toUtf16(start), end: this.toUtf16(end) };
  }

  private toUtf16(position: Position): Position {
    if (this.encoding === 'utf-16') return position;
    const from = { line: position.line, character: 0 };
    const line = this.document.getText({ start: from, end: { line: position.line + 1, character: 0 } });
    return { line: position.line, character: prefixLength(line, position.character, this.encoding) };
  }
}
