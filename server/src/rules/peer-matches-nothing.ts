import * as l10n from '@vscode/l10n';
import type { Connectivity } from '../connectivity/connectivity.ts';
import { agreeing, workloadNames } from '../explain/names.ts';
import { allOf, anyOf, plain, pods as podsPhrase, shortened } from '../explain/phrases.ts';
import type { Resource } from '../kinds/resource.ts';
import { nameLabel, selects, selectsAll } from '../model/selector.ts';
import { isMap, valueAt } from '../syntax/node.ts';
import { mayMeanMore } from '../workspace/unknown.ts';
import { type AdminPods, adminPolicy, type WrittenSelector } from './adminPods.ts';
import { deployment, documents, namespaceNamed, policyNamed } from './examples.ts';
import { type PolicyInView, podsIn, relatedTo } from './inView.ts';
import { corrections, labelTexts, scalarLike, speaksSameWords } from './nearestLabels.ts';
import { isSystemPods, type PodPeer, podPeers } from './peerSelectors.ts';
import type { Fix, Rule, RuleContext, RulePage } from './rule.ts';
import { fixesOf, selectorAnchor } from './selectorFixes.ts';
import { calicoWith } from './vendor.ts';
import { hasMisspeltWord } from './vendor-label-typo.ts';
import { unmetPeers } from './vendorPeers.ts';

/** Puts another namespace in the place of the one that a peer names. */
function moveTo(namespaces: WrittenSelector | undefined, name: string): readonly Fix[] {
  const labels = valueAt(namespaces?.node, 'matchLabels');
  const entry = isMap(labels) && labels.entries.length === 1 ? labels.entries[0] : undefined;
  if (entry?.key.text !== nameLabel || entry.value.kind !== 'scalar') return [];
  return [{ title: l10n.t('Select namespace {0}, where they are', name), edits: [scalarLike(entry.value, name)] }];
}

function checkPeer(found: PodPeer, { namespace, connectivity, unplaced }: PolicyInView, context: RuleContext): void {
  const { pods, namespaces, peer } = found;
  if (!namespaces && unplaced) return;
  const where = peer.namespaces ? connectivity.namespacesOf(peer.namespaces) : [namespace];
  checkPods({ pods, namespaces, where, means: podsIn(found.inView.pods, connectivity) }, connectivity, context);
}

function checkPods({ pods, namespaces, where, means }: Omit<AdminPods, 'is'>, connectivity: Connectivity, context: RuleContext): void {
  if (!pods || pods.selector.requirements.length === 0 || isSystemPods(pods.selector) || means.length > 0) return;
  const known = where.flatMap((name) => connectivity.endpointsIn(name));
  if (known.length === 0 || known.some(({ workload }) => selects(pods.selector, workload.ownLabels))) return;
  const labels = known.map((endpoint) => endpoint.labels);
  const elsewhere = connectivity.labelled(pods.selector).filter((endpoint) => !where.includes(endpoint.namespace.name));
  // Labels that exist in other namespaces alone have a rule of their own where no namespace is named.
  if (elsewhere.length > 0 && !namespaces) return;
  const near = corrections(pods.selector, pods.node, labels);
  if (near.length === 0 && mayMeanMore(context.view.unknown, namespaces?.selector, where[0])) return;
  // Every namespace holds more than the workspace knows.
  if (namespaces?.selector.requirements.length === 0 && near.length === 0) return;
  const asked = plain(podsPhrase(pods.selector)).replace('pods labelled ', '');
  const place = where.length === 1 ? `namespace ${where[0]}` : `the namespaces ${shortened(where, allOf)}`;
  const same = labelTexts(labels, new Set(pods.selector.requirements.map(({ key }) => key)));
  const there = elsewhere[0]
    ? `${workloadNames(elsewhere.map(({ workload }) => workload))} of namespace ${elsewhere[0].namespace.name} is so labelled`
    : same.length > 0
      ? `there ${same.length === 1 ? 'is' : 'are'} ${shortened(same, anyOf)}`
      : `there are ${workloadNames(known.map(({ workload }) => workload))}, labelled otherwise`;
  context.report({
    at: selectorAnchor(pods.node),
    message: `Means no pod that the workspace knows: none of ${place} is labelled ${asked}; ${there}.`,
    ...(near.length > 0 || elsewhere.length > 0 || speaksSameWords(pods.selector, labels) ? {} : { severity: 'information' as const }),
    related: relatedTo(elsewhere),
    fixes: () => [...(elsewhere[0] ? moveTo(namespaces, elsewhere[0].namespace.name) : []), ...fixesOf(near)],
  });
}

/** The peers of Cilium and Calico; of words that are misspelt another rule speaks, and of pods that are elsewhere where no namespace is named. */
function checkVendor(resource: Resource, context: RuleContext): void {
  for (const { peer, selector, node, where, known, elsewhere } of unmetPeers(resource, context)) {
    if (known.length === 0 || (elsewhere.length > 0 && !peer.namespaces)) continue;
    // Every namespace holds more than the workspace knows.
    if ((peer.namespaces && selectsAll(peer.namespaces)) || hasMisspeltWord(selector, context)) continue;
    const workloads = known.map(({ workload }) => workload);
    const place = where.length === 1 ? `namespace ${where[0]} has` : `the namespaces ${shortened(where, allOf)} have`;
    const there = elsewhere[0]
      ? `${workloadNames(elsewhere.map(({ workload }) => workload))} of namespace ${elsewhere[0].namespace.name} ${elsewhere.length === 1 ? 'is' : 'are'} so labelled`
      : `there ${agreeing(workloads, 'is', 'are')} ${workloadNames(workloads)}, labelled otherwise`;
    const isLikely =
      elsewhere.length > 0 ||
      speaksSameWords(
        selector,
        known.map(({ labels }) => labels),
      );
    context.report({
      at: selectorAnchor(node),
      message: `Means no pod that the workspace knows: ${place} no ${plain(podsPhrase(selector))}; ${there}.`,
      ...(isLikely ? {} : { severity: 'information' as const }),
      related: relatedTo(elsewhere),
    });
  }
}

function checkOthers(resource: Resource, context: RuleContext): void {
  checkVendor(resource, context);
  for (const one of adminPolicy(resource, context)?.pods ?? []) if (one.is === 'peer') checkPods(one, context.observer.connectivity, context);
}

export const rule: Rule = {
  id: 'peer-matches-nothing',
  severity: 'warning',
  category: 'meaning',
  summary: 'a peer that means no workload of its namespaces, where the workspace knows some of them',
  scope: 'cluster',
  needsWorkloads: true,
  policy(found, context) {
    for (const peer of podPeers(found)) checkPeer(peer, found, context);
  },
  resource: checkOthers,
};

export const page: RulePage = {
  why: 'A component is renamed from `api` to `gateway`. Its Deployment changes, the policies of its neighbours do not, and at the next rollout nothing gets through any more.',
  fix: 'Take the labels from the template of the workload that is meant. The quick fixes offer the nearest ones, and the namespace where such pods do exist.',
  ignore:
    'Where the pods are made by something that the workspace does not hold. Nothing is said of namespaces of which no workload is known, nor of the cluster’s DNS; it is information only where the labels have nothing in common with those that are known.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors',
  examples: [
    {
      bad: documents(
        policyNamed(
          'db',
          'shop',
          'podSelector: {matchLabels: {app: db}}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - podSelector: {matchLabels: {app: gatewy}}\n#                                   ^^^^^^^^^^^ none of namespace shop is labelled app=gatewy; there are app=db or app=gateway\n    ports: [{port: 5432}]',
        ),
        deployment('db', 'shop', '{containerPort: 5432}'),
        deployment('gateway', 'shop'),
      ),
      fixed: documents(
        policyNamed(
          'db',
          'shop',
          'podSelector: {matchLabels: {app: db}}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - podSelector: {matchLabels: {app: gateway}}\n    ports: [{port: 5432}]',
        ),
        deployment('db', 'shop', '{containerPort: 5432}'),
        deployment('gateway', 'shop'),
      ),
    },
    {
      bad: documents(
        policyNamed(
          'db',
          'shop',
          'podSelector: {matchLabels: {app: db}}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}\n        podSelector: {matchLabels: {app: gateway}}\n#                                   ^^^^^^^^^^^^ Deployment gateway of namespace edge is so labelled\n    ports: [{port: 5432}]',
        ),
        deployment('db', 'shop', '{containerPort: 5432}'),
        deployment('gateway', 'edge'),
      ),
      fixed: documents(
        policyNamed(
          'db',
          'shop',
          'podSelector: {matchLabels: {app: db}}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: edge}}\n        podSelector: {matchLabels: {app: gateway}}\n    ports: [{port: 5432}]',
        ),
        deployment('db', 'shop', '{containerPort: 5432}'),
        deployment('gateway', 'edge'),
      ),
    },
    {
      bad: documents(
        calicoWith(
          "selector: app == 'db'\ntypes: [Ingress]\ningress:\n  - action: Allow\n    source:\n      selector: app == 'api'\n#               ^^^^^^^^^^^^ namespace shop has no pods labelled app=api",
        ),
        deployment('db', 'shop', '{containerPort: 5432}'),
      ),
    },
  ],
  good: [
    documents(
      policyNamed(
        'dns',
        'shop',
        'podSelector: {}\npolicyTypes: [Egress]\negress:\n  - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}]\n    ports: [{port: 53, protocol: UDP}, {port: 53}]',
      ),
      deployment('fluentd', 'kube-system').replace('app: fluentd\n    spec', 'k8s-app: fluentd\n    spec'),
    ),

    policyNamed(
      'db',
      'shop',
      'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from: [{podSelector: {matchLabels: {app: web}}}]\n    ports: [{port: 80}]',
    ),
    documents(
      policyNamed(
        'db',
        'shop',
        'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}, podSelector: {matchLabels: {app: prometheus}}}]\n    ports: [{port: 80}]',
      ),
      namespaceNamed('monitoring'),
      deployment('db', 'shop', '{containerPort: 80}'),
    ),
  ],
};
