import * as l10n from '@vscode/l10n';
import { anyOf, shortened } from '../explain/phrases.ts';
import { takesDocuments } from '../kinds/kubernetes/writePolicy.ts';
import type { Cluster } from '../model/cluster.ts';
import { memoizedByObject } from '../model/memoized.ts';
import { everything } from '../model/selector.ts';
import { breakOf, lineEnd, setEntry } from '../syntax/edits.ts';
import { entryOf, isMap, resolve, valueAt } from '../syntax/node.ts';
import { applyEdits, type TextEdit } from '../syntax/textEdit.ts';
import { isTaken } from './counterparts.ts';
import { deployment, documents, policyNamed, policyWith } from './examples.ts';
import type { PolicyInView } from './inView.ts';
import { nameRange } from './inView.ts';
import { scalarLike } from './nearestLabels.ts';
import type { Fix, Rule, RuleContext, RulePage } from './rule.ts';

/** Most namespaces that are offered one by one. */
const mostOffered = 5;

/** A policy of a namespace, of any language. */
type Placed = Pick<PolicyInView, 'resource' | 'policy'>;

/** Writes a namespace into a policy's metadata, behind its name. */
function namespaceEdit({ resource }: Placed, text: string, namespace: string): TextEdit | undefined {
  const metadata = valueAt(resource.root, 'metadata');
  const written = entryOf(metadata, 'namespace');
  const scalar = resolve(written?.value);
  if (scalar?.kind === 'scalar' && scalar.end > scalar.start) return scalarLike(scalar, namespace);
  if (!isMap(metadata) || written) return undefined;
  const name = entryOf(metadata, 'name');
  return setEntry(text, metadata, 'namespace', namespace, metadata.flow ? undefined : name);
}

/** Fixes that put a policy into one of several namespaces; and, where it may belong to all of them, into each. */
export function namespaceFixes(found: Placed, context: RuleContext, namespaces: readonly string[], each = false): readonly Fix[] {
  const { text, view } = context;
  const free = namespaces.filter((namespace) => !isTaken(found.policy.name, namespace, view));
  const single = free.slice(0, mostOffered).flatMap((namespace): Fix[] => {
    const edit = namespaceEdit(found, text, namespace);
    return edit ? [{ title: l10n.t('Write namespace: {0}', namespace), edits: [edit] }] : [];
  });
  const [first, ...others] = free;
  const edit = first === undefined ? undefined : namespaceEdit(found, text, first);
  if (!each || !edit || others.length === 0 || others.length >= mostOffered || !takesDocuments(text)) return single;
  // Further copies begin where the policy itself does, so that the comments above it stay with the first.
  const { root } = found.resource;
  if (root.flow) return single;
  const lineBreak = breakOf(text);
  const end = lineEnd(text, root.end);
  const body = (namespace: string): string => {
    const own = namespaceEdit(found, text, namespace);
    const whole = own ? applyEdits(text, [own]) : text;
    return whole.slice(root.start, end + (whole.length - text.length)).trimEnd();
  };
  const copies = others.map((namespace) => `---${lineBreak}${body(namespace)}${lineBreak}`).join('');
  const copy = { start: text.length, end: text.length, newText: `${text.endsWith('\n') ? '' : lineBreak}${copies}` };
  return [...single, { title: l10n.t('Write one for each of {0} namespaces', free.length), edits: [edit, copy] }];
}

/** The namespaces that resources name or declare, but for the one that is meant where none is named. */
const namespacesOf = memoizedByObject((cluster: Cluster): ReadonlySet<string> => {
  const named = new Set<string>();
  for (const list of [cluster.workloads, cluster.services, cluster.policies])
    for (const { value } of list) if (value.namespace) named.add(value.namespace);
  for (const { name, declared } of cluster.namespaces.values()) if (declared) named.add(name);
  named.delete('default');
  return named;
});

/** Known namespaces, those first in which the policy selects something. */
function candidates({ policy, connectivity }: PolicyInView): readonly string[] {
  const { cluster } = connectivity;
  const selector = policy.subject.pods ?? everything;
  const counts = new Map([...namespacesOf(cluster)].map((namespace) => [namespace, connectivity.labelled(selector, namespace).length]));
  return [...counts].sort(([a, few], [b, many]) => many - few || (a < b ? -1 : 1)).map(([namespace]) => namespace);
}

function check(found: PolicyInView, context: RuleContext): void {
  const { resource } = found;
  const { view } = context;
  // An empty one is none. Helm puts what names none into the namespace of the release.
  if (resource.namespace || view.setsNamespace || resource.document.parsed.gaps) return;
  const known = candidates(found);
  // A kustomization may be part of another that sets it; where its manifests name their namespaces, nobody does.
  if (view.kind === 'kustomization' && known.length === 0) return;
  const where = known.length > 0 ? `; the workspace knows ${shortened(known, anyOf)}` : '';
  const everywhere = (found.policy.subject.pods?.requirements.length ?? 0) === 0;
  context.report({
    at: nameRange(resource),
    message: `Names no namespace, so that this policy lands in whatever namespace is active when it is applied, and in that one alone${where}.`,
    fixes: () => namespaceFixes(found, context, known, everywhere),
  });
}

export const rule: Rule = {
  id: 'implicit-namespace',
  severity: 'information',
  category: 'meaning',
  summary: 'metadata.namespace left out: the policy lands in whatever namespace is active',
  scope: 'cluster',
  policy: check,
};

const deny = policyNamed('deny', 'shop', 'podSelector: {}\npolicyTypes: [Ingress, Egress]\negress: []');

export const page: RulePage = {
  why: '`kubectl apply -f policies/` is run with the context of last week. The policies land in `default`, where they select nothing, and the namespace that they were written for stays open.',
  fix: 'Write the namespace, or let a kustomization, a chart, an Application of Argo CD or a Kustomization of Flux set it: then nothing is found.',
  ignore:
    'Where a pipeline gives the namespace (`kubectl apply -n …`) and the same manifests go to several. A `.netpol.yaml` beside them may turn the rule off.',
  source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/',
  examples: [
    {
      bad: policyWith('podSelector: {}\npolicyTypes: [Ingress]').replace('name: web', 'name: web\n#       ^^^ whatever namespace is active'),
    },
    {
      bad: documents(
        policyWith(
          'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress]\ningress: [{from: [{podSelector: {}}], ports: [{port: 80}]}]',
        ).replace('name: web', 'name: web\n#       ^^^ the workspace knows shop'),
        deployment('web', 'shop'),
        deny,
      ),
      fixed: documents(
        policyNamed(
          'web',
          'shop',
          'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress]\ningress: [{from: [{podSelector: {}}], ports: [{port: 80}]}]',
        ),
        deployment('web', 'shop'),
        deny,
      ),
    },
  ],
  good: [policyNamed('web', 'shop', 'podSelector: {}\npolicyTypes: [Ingress]')],
};
