import {
  type CompletionItem,
  CompletionItemKind,
  type Diagnostic,
  DiagnosticSeverity,
  DiagnosticTag,
  InsertTextFormat,
  InsertTextMode,
  type TextEdit as LspEdit,
  type DocumentSymbol as LspSymbol,
  type MarkupContent,
  MarkupKind,
  type SelectionRange,
  SymbolKind,
} from 'vscode-languageserver';
import type { Completion } from '../features/completion.ts';
import { plainSnippet } from '../features/snippetText.ts';
import type { DocumentSymbol, SymbolIcon } from '../features/symbols.ts';
import type { Finding } from '../rules/check.ts';
import type { Related, Severity } from '../rules/rule.ts';
import type { Range } from '../syntax/node.ts';
import type { TextEdit } from '../syntax/textEdit.ts';
import type { Positions } from './positions.ts';

/** Plain data of the core → LSP. `shift` is always where the document of the offsets begins in its file. */

const pages = 'https://github.com/netpol/netpol/blob/main/docs/rules';

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

export function toDiagnostic(
  finding: Finding,
  positions: Positions,
  shift: number,
  locate: (related: Related) => ReturnType<Positions['range']> | undefined,
): Diagnostic {
  const related = (finding.related ?? []).flatMap((one) => {
    const range = locate(one);
    return range ? [{ location: { uri: one.file, range }, message: one.message }] : [];
  });
  return {
    range: positions.range(finding.at, shift),
    severity: severities[finding.severity],
    source: 'netpol',
    code: finding.rule.id,
    codeDescription: { href: `${pages}/${finding.rule.id}.md` },
    message: finding.message,
    ...(finding.tag ? { tags: [finding.tag === 'deprecated' ? DiagnosticTag.Deprecated : DiagnosticTag.Unnecessary] } : {}),
    ...(related.length > 0 ? { relatedInformation: related } : {}),
  };
}

export const toEdits = (edits: readonly TextEdit[], positions: Positions, shift: number): LspEdit[] =>
  edits.map((edit) => ({ range: positions.range(edit, shift), newText: edit.newText }));

const completionKinds = { key: CompletionItemKind.Property, value: CompletionItemKind.EnumMember, skeleton: CompletionItemKind.Snippet } as const;

export const documentationOf = ({ documentation }: Completion): MarkupContent => ({ kind: MarkupKind.Markdown, value: documentation });

/** `lazily`: the client asks for the documentation when it shows it. */
export function toCompletionItem(
  completion: Completion,
  index: number,
  positions: Positions,
  shift: number,
  { snippets, lazily }: { readonly snippets: boolean; readonly lazily: boolean },
): CompletionItem {
  return {
    label: completion.label,
    kind: completionKinds[completion.is],
    ...(completion.detail ? { detail: completion.detail } : {}),
    ...(lazily ? { data: index } : { documentation: documentationOf(completion) }),
    sortText: String(index).padStart(4, '0'),
    ...(completion.filter === undefined ? {} : { filterText: completion.filter }),
    insertTextFormat: snippets ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    insertTextMode: InsertTextMode.asIs,
    textEdit: { range: positions.range(completion.range, shift), newText: snippets ? completion.snippet : plainSnippet(completion.snippet) },
  };
}

const symbolKinds: Readonly<Record<SymbolIcon, SymbolKind>> = {
  object: SymbolKind.Object,
  array: SymbolKind.Array,
  string: SymbolKind.String,
  number: SymbolKind.Number,
  boolean: SymbolKind.Boolean,
  module: SymbolKind.Module,
};

export function toSymbol(symbol: DocumentSymbol, positions: Positions, shift: number): LspSymbol {
  return {
    name: symbol.name,
    detail: symbol.detail,
    kind: symbolKinds[symbol.icon],
    range: positions.range(symbol.range, shift),
    selectionRange: positions.range(symbol.selection, shift),
    children: symbol.children.map((child) => toSymbol(child, positions, shift)),
  };
}

/** `ranges` from the innermost outwards. */
export function toSelectionRange(ranges: readonly Range[], positions: Positions, shift: number): SelectionRange {
  return ranges.reduceRight<SelectionRange | undefined>(
    (parent, range) => ({ range: positions.range(range, shift), ...(parent ? { parent } : {}) }),
    undefined,
  ) as SelectionRange;
}
