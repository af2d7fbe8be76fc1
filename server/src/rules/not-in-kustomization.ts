import * as l10n from '@vscode/l10n';
import { isMap, isSeq, resolve, valueAt } from '../syntax/node.ts';
import type { TextEdit } from '../syntax/textEdit.ts';
import { nameOf } from '../workspace/uris.ts';
import type { WorkspaceView } from '../workspace/view.ts';
import { addEntry, addItem } from './counterparts.ts';
import { policyWith } from './examples.ts';
import { nameRange } from './inView.ts';
import { isTemplatedDocument } from './places.ts';
import type { Fix, Rule, RulePage } from './rule.ts';

function editFor({ document }: NonNullable<ReturnType<WorkspaceView['omittedBy']>>, name: string): TextEdit | undefined {
  const root = resolve(document.parsed.root);
  if (!isMap(root) || document.parsed.problems.length > 0) return undefined;
  const resources = valueAt(root, 'resources');
  return isSeq(resources) ? addItem(document.text, resources, name) : addEntry(document.text, root, 'resources', [name]);
}

function fixesFor(view: WorkspaceView): readonly Fix[] {
  const omitting = view.omittedBy();
  const name = nameOf(view.file);
  const edit = omitting && editFor(omitting, name);
  if (!edit) return [];
  const { file, start } = omitting;
  const moved = { ...edit, start: edit.start + start, end: edit.end + start };
  return [{ title: l10n.t('Add {0} to the resources of {1}', name, nameOf(file)), edits: [], elsewhere: [{ file, edits: [moved] }] }];
}

export const rule: Rule = {
  id: 'not-in-kustomization',
  severity: 'information',
  category: 'meaning',
  summary: 'a policy in a file that the kustomization beside it does not list',
  scope: 'workspace',
  apis: ['kubernetes', 'admin', 'cilium', 'calico'],
  resource(resource, { document, view, report }) {
    if (resource.table?.type.role !== 'policy' || resource.carrier !== undefined || isTemplatedDocument(document)) return;
    const omitting = view.omittedBy();
    if (!omitting) return;
    const kustomization = nameOf(omitting.file);
    report({
      at: nameRange(resource),
      message: `Not applied with the rest: ${kustomization} does not list ${nameOf(view.file)}, and nothing else brings it in. Add it to resources.`,
      fixes: () => fixesFor(view),
    });
  },
};

export const page: RulePage = {
  why: 'A default deny is written into a file of its own, reviewed and merged. `kubectl apply -k` applies what kustomization.yaml lists, and nobody has added the file there: the namespace stays open, and every review has seen a policy that closes it.',
  fix: 'Add the file to `resources`; the quick fix does it.',
  ignore:
    'Where somebody applies the file by itself. A kustomization that names the file in whatever way, in a comment too, is taken to leave it out on purpose, and nothing is said.',
  source: 'https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/resource/',
  examples: [
    {
      bad: policyWith('podSelector: {}\npolicyTypes: [Ingress]').replace('name: web', 'name: web\n#       ^^^ kustomization.yaml does not list'),
      beside: { 'kustomization.yaml': 'resources:\n  - deployment.yaml\n' },
    },
  ],
  good: [policyWith('podSelector: {}\npolicyTypes: [Ingress]')],
};
