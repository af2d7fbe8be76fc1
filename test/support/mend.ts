import { checkDocument } from '../../server/src/rules/check.ts';
import type { Category, Fix, Severity } from '../../server/src/rules/rule.ts';
import { applyEdits } from '../../server/src/syntax/textEdit.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';

const root = 'file:///work';

/** Files by name. */
export type Files = Readonly<Record<string, string>>;

/** A finding with a fix, in some file. */
interface Fixable {
  readonly id: string;
  readonly severity: Severity;
  readonly category: Category;
  readonly name: string;
  readonly shift: number;
  readonly fix: Fix;
}

const hasEdits = (fix: Fix | undefined): fix is Fix => fix !== undefined && fix.edits.length + (fix.elsewhere?.length ?? 0) > 0;

function workspaceOf(files: Files): Workspace {
  const workspace = new Workspace();
  workspace.setFolders([root]);
  for (const [name, text] of Object.entries(files)) workspace.set(`${root}/${name}`, text);
  return workspace;
}

/** The findings of all files that have a fix, with that which `choose` picks. */
export function fixables(files: Files, choose: (id: string, fixes: readonly Fix[]) => Fix | undefined): readonly Fixable[] {
  const workspace = workspaceOf(files);
  return Object.keys(files).flatMap((name) => {
    const uri = `${root}/${name}`;
    const view = workspace.viewFor(uri);
    return (workspace.manifest(uri)?.documents ?? []).flatMap(({ document, start: shift }) =>
      checkDocument(document, view).flatMap(({ rule, severity, fixes }): Fixable[] => {
        const fix = choose(rule.id, (fixes?.() ?? []).filter(hasEdits));
        return fix ? [{ id: rule.id, severity, category: rule.category, name, shift, fix }] : [];
      }),
    );
  });
}

/** The files after one fix. */
export function afterFix(files: Files, { name, shift, fix }: Fixable): Files {
  const changed: Record<string, string> = { ...files };
  const edits = fix.edits.map((edit) => ({ ...edit, start: edit.start + shift, end: edit.end + shift }));
  changed[name] = applyEdits(files[name] ?? '', edits);
  for (const { file, edits: others } of fix.elsewhere ?? []) {
    const other = decodeURIComponent(file.slice(root.length + 1));
    changed[other] = applyEdits(changed[other] ?? '', others);
  }
  return changed;
}
