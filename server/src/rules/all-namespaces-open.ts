import * as l10n from '@vscode/l10n';
import { nameLabel } from '../model/selector.ts';
import { removeEntry, replaceValue } from '../syntax/edits.ts';
import { type Entry, entryOf, isMap, type Node } from '../syntax/node.ts';
import type { TextEdit } from '../syntax/textEdit.ts';
import { onOneLine } from './counterparts.ts';
import { deployment, documents, flagged, intoWeb } from './examples.ts';
import type { PolicyInView } from './inView.ts';
import { isSystemNamespace } from './peerSelectors.ts';
import type { Fix, Rule, RuleContext, RulePage } from './rule.ts';
import { isEveryPod } from './worldwide.ts';

/** Most namespaces that are offered in place of all. */
const mostOffered = 4;

const othersOf = ({ connectivity, namespace }: PolicyInView): readonly string[] =>
  [...connectivity.cluster.namespaces.keys()].filter((name) => name !== namespace && !isSystemNamespace(name)).slice(0, mostOffered);

/** Makes every pod of every namespace every pod of the policy's own. */
const ownNamespaceEdit = (peer: Node, namespaces: Entry, text: string): TextEdit =>
  isMap(peer) && entryOf(peer, 'podSelector')
    ? removeEntry(text, peer, namespaces)
    : { start: namespaces.key.start, end: namespaces.key.end, newText: 'podSelector' };

function check(found: PolicyInView, context: RuleContext): void {
  const { rules, connectivity, namespace, selected } = found;
  for (const { direction, peers, rule } of rules) {
    // DNS may be asked of anywhere; where it runs differs by platform.
    if (direction === 'egress' && rule.ports.length > 0 && rule.ports.every(({ port }) => port === 53 || port === 5353)) continue;
    for (const { peer, node } of peers) {
      const entry = entryOf(node, 'namespaceSelector');
      if (!isEveryPod(peer) || !entry) continue;
      const known = connectivity.endpoints.filter((endpoint) => endpoint.namespace.name !== namespace && !selected.includes(endpoint)).length;
      const count = known > 0 ? `, ${known === 1 ? 'one workload' : `${known} workloads`} of other namespaces in this workspace among them` : '';
      context.report({
        at: entry.key,
        message: `Means every pod of every namespace${count}; it does not mean "this namespace", which is podSelector: {}.`,
        fixes: () => [
          { title: l10n.t('Select this namespace alone'), edits: [ownNamespaceEdit(node, entry, context.text)] },
          ...othersOf(found).map(
            (name): Fix => ({
              title: l10n.t('Select namespace {0} alone', name),
              edits: [replaceValue(context.text, entry, onOneLine(context.text, { matchLabels: { [nameLabel]: name } }))],
            }),
          ),
        ],
      });
    }
  }
}

export const rule: Rule = {
  id: 'all-namespaces-open',
  severity: 'information',
  category: 'posture',
  summary: 'namespaceSelector: {} without a podSelector: every pod of every namespace',
  scope: 'cluster',
  policy: check,
};

const base = documents(
  intoWeb('from:\n      - namespaceSelector: {}\n    ports:\n      - port: 80'),
  deployment('web', 'shop', '{containerPort: 80}'),
);

export const page: RulePage = {
  why: '`namespaceSelector: {}` looks like “the namespace, nothing special”. It selects all namespaces: the neighbours’ test pods are let in as well.',
  fix: 'For the policy’s own namespace write `podSelector: {}`; for certain others, their names.',
  ignore: 'Where the whole cluster shall come: a registry mirror, a metrics gateway. For DNS nothing is said.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors',
  examples: [
    { bad: flagged(base, 'namespaceSelector', 'every pod of every namespace'), fixed: base.replace('namespaceSelector: {}', 'podSelector: {}') },
  ],
  good: [
    base.replace('namespaceSelector: {}', 'podSelector: {}'),
    base.replace('namespaceSelector: {}', 'namespaceSelector: {}\n          podSelector: {matchLabels: {app: web}}'),
  ],
};
