import * as l10n from '@vscode/l10n';
import { checkDocument, type Finding } from '../rules/check.ts';
import type { FileEdits, Fix } from '../rules/rule.ts';
import type { RuleSettings } from '../rules/ruleSettings.ts';
import type { RuleFailed } from '../rules/runner.ts';
import { breakOf, columnOf, isFlowText, lineStart } from '../syntax/edits.ts';
import { DocumentText } from '../syntax/manifestText.ts';
import type { Range } from '../syntax/node.ts';
import { applyEdits, areApart, overlaps, type TextEdit } from '../syntax/textEdit.ts';
import { emptyView, type WorkspaceView } from '../workspace/view.ts';

/** A change that the user may choose, for one finding. Offsets in the document's text. */
export interface QuickFix {
  readonly title: string;
  readonly finding: Finding;
  readonly edits: readonly TextEdit[];
  /** Edits of other files. */
  readonly elsewhere: readonly FileEdits[];
  /** It is what was meant beyond doubt. */
  readonly preferred: boolean;
}

const touches = (a: Range, b: Range): boolean => a.start <= b.end && b.start <= a.end;

/** Silences one finding by a comment on a line of its own above it. JSON has no comments. */
function ignoreHere(finding: Finding, text: string): QuickFix | undefined {
  if (finding.rule.category === 'api-server' && finding.rule.scope !== 'workspace') return undefined;
  if (isFlowText(text)) return undefined;
  const line = lineStart(text, finding.at.start);
  const indent = ' '.repeat(/^[ \t]*/.exec(text.slice(line, line + columnOf(text, finding.at.start)))?.[0].length ?? 0);
  const edit = { start: line, end: line, newText: `${indent}# netpol-ignore ${finding.rule.id}${breakOf(text)}` };
  return { title: l10n.t('Ignore {0} here', finding.rule.id), finding, edits: [edit], elsewhere: [], preferred: false };
}

/** A finding's fixes that can be made; none where making them fails, of which `failed` hears. */
function fixesOf({ rule, fixes }: Finding, failed: RuleFailed | undefined): readonly Fix[] {
  try {
    // In broken text the parser's ranges may lie inside each other: what is moved would be moved into itself.
    return (fixes?.() ?? []).filter(({ edits }) => areApart(edits));
  } catch (error) {
    if (!failed) throw error;
    failed(rule.id, error);
    return [];
  }
}

/** The quick fixes for findings that touch a range, in the order of the findings. */
export function quickFixes(
  document: DocumentText,
  range: Range,
  view: WorkspaceView,
  settings: RuleSettings,
  failed?: RuleFailed,
): readonly QuickFix[] {
  const touched = checkDocument(document, view, settings, failed).filter((finding) => touches(finding.at, range));
  const fixes = touched.flatMap((finding) => {
    const found = fixesOf(finding, failed).filter((fix) => fix.edits.length > 0 || (fix.elsewhere?.length ?? 0) > 0);
    return found.map((fix, i) => ({
      title: fix.title,
      finding,
      edits: fix.edits,
      elsewhere: fix.elsewhere ?? [],
      preferred: fix.certain === true && i === 0,
    }));
  });
  return [...fixes, ...touched.flatMap((finding) => ignoreHere(finding, document.text) ?? [])];
}

/** The certain fixes of a document that do not touch each other, first come first served. */
function certainEdits(document: DocumentText, view: WorkspaceView, settings: RuleSettings, failed?: RuleFailed): readonly TextEdit[] {
  const taken: TextEdit[] = [];
  for (const finding of checkDocument(document, view, settings, failed)) {
    const [fix] = fixesOf(finding, failed);
    if (!fix?.certain || fix.edits.some((edit) => taken.some((other) => overlaps(edit, other) || edit.start === other.start))) continue;
    taken.push(...fix.edits);
  }
  return taken;
}

/** Mends may uncover the next mistake: a label put under `matchLabels` may still lack its quotes. */
const mostRounds = 10;

/** One edit that turns `before` into `after`, as short as a common beginning and end allow. */
function singleEdit(before: string, after: string): TextEdit {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let tail = 0;
  while (tail < before.length - start && tail < after.length - start && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  return { start, end: before.length - tail, newText: after.slice(start, after.length - tail) };
}

/** Edits that apply every certain fix of a document until none is left. */
export function fixAllEdits(document: DocumentText, view: WorkspaceView, settings: RuleSettings, failed?: RuleFailed): readonly TextEdit[] {
  const first = certainEdits(document, view, settings, failed);
  if (first.length === 0) return [];
  let text = applyEdits(document.text, first);
  for (let round = 1; round < mostRounds; round++) {
    const edits = certainEdits(new DocumentText(text), emptyView, settings, failed);
    if (edits.length === 0) return round === 1 ? first : [singleEdit(document.text, text)];
    text = applyEdits(text, edits);
  }
  return [singleEdit(document.text, text)];
}
