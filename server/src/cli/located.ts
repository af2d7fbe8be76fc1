import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Finding } from '../rules/check.ts';
import type { Severity } from '../rules/rule.ts';

/** A finding as the command line prints it. Lines and columns count from 1, columns in UTF-16 code units; the end is exclusive. */
export interface Located {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly severity: Severity;
  readonly id: string;
  readonly message: string;
}

/** Lines and columns of a file's text. */
export class Lines {
  private readonly document: TextDocument;

  constructor(text: string) {
    this.document = TextDocument.create('', '', 0, text);
  }

  /** `shift` is where the finding's document begins in the file. */
  locate(finding: Finding, shift: number, file: string): Located {
    const [start, end] = [finding.at.start, finding.at.end].map((offset) => this.document.positionAt(offset + shift)) as [
      ReturnType<TextDocument['positionAt']>,
      ReturnType<TextDocument['positionAt']>,
    ];
    return {
      file,
      line: start.line + 1,
      column: start.character + 1,
      endLine: end.line + 1,
      endColumn: end.character + 1,
      severity: finding.severity,
      id: finding.rule.id,
      message: finding.message,
    };
  }

  /** The line of an offset, counted from 1. */
  lineAt(offset: number): number {
    return this.document.positionAt(offset).line + 1;
  }

  /** The text of a line, counted from 1, without its break. */
  line(number: number): string {
    return this.document.getText({ start: { line: number - 1, character: 0 }, end: { line: number, character: 0 } }).replace(/\r?\n$/, '');
  }
}
