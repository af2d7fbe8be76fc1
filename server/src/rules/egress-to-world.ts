import { dnsRule } from '../kinds/kubernetes/writePolicy.ts';
import { apiOf } from '../kinds/readPolicy.ts';
import type { Resource } from '../kinds/resource.ts';
import { entryOf, isMap } from '../syntax/node.ts';
import { addEntry, addItem } from './counterparts.ts';
import { allowsDns, platformOf } from './dns.ts';
import { flagged, policyNamed } from './examples.ts';
import type { PolicyInView } from './inView.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { allowsIn, peersAt, vendorPolicies } from './vendor.ts';
import { isWorld, reachWorld, worldName } from './worldwide.ts';

function check({ rules, policy, connectivity, selected, observer }: PolicyInView, context: RuleContext): void {
  const { cluster } = connectivity;
  for (const { direction, rule, peers, node, list } of rules) {
    if (direction !== 'egress' || rule.ports.length > 0) continue;
    for (const { peer, node: written } of peers) {
      const cidr = entryOf(entryOf(written, 'ipBlock')?.value, 'cidr')?.value;
      if (!isWorld(peer) || peer.is !== 'addresses' || !cidr || !reachWorld(selected, observer)) continue;
      const resolves = policy.egress?.some((other) => other !== rule && allowsDns(other, policy, cluster));
      context.report({
        at: cidr,
        message: message(peer.cidr),
        // With the ports closed, DNS needs a rule of its own.
        fixes: () =>
          isMap(node) && !entryOf(node, 'ports')
            ? [
                {
                  title: resolves ? 'Allow TCP 443 alone' : 'Allow TCP 443 alone, and DNS',
                  edits: [
                    addEntry(context.text, node, 'ports', [{ protocol: 'TCP', port: 443 }]),
                    ...(resolves ? [] : [addItem(context.text, list, dnsRule(platformOf(cluster)))]),
                  ],
                },
              ]
            : [],
      });
    }
  }
}

const message = (whom: string): string => `Lets everything out to ${whom}, on every port; what calls the internet mostly needs TCP 443 alone.`;

function checkVendor(resource: Resource, context: RuleContext): void {
  for (const { compiled, spec, selected } of vendorPolicies(resource, context)) {
    for (const { own, node } of allowsIn(compiled.rules.egress, ({ rule: one }) => one, spec, 'egress')) {
      const world = own.rule.peers.find(isWorld);
      if (!world || own.rule.ports.length > 0 || !reachWorld(selected, context.observer)) continue;
      // To Cilium DNS is not in the world; in what else may be meant with it, it is.
      const narrows =
        isMap(node) && own.rule.peers.length === 1 && !(world.is === 'entity' && world.entity === 'all') && apiOf(resource) === 'cilium';
      const ports = [{ ports: [{ port: '443', protocol: 'TCP' }] }];
      context.report({
        at: peersAt(node, 'egress', 'outside'),
        message: message(worldName(world)),
        fixes: () => (narrows ? [{ title: 'Allow TCP 443 alone', edits: [addEntry(context.text, node, 'toPorts', ports)] }] : []),
      });
    }
  }
}

export const rule: Rule = {
  id: 'egress-to-world',
  severity: 'information',
  category: 'posture',
  summary: 'egress to 0.0.0.0/0 or ::/0 on every port',
  scope: 'cluster',
  policy: check,
  resource: checkVendor,
};

const base = policyNamed(
  'web',
  'shop',
  'podSelector: {}\npolicyTypes: [Egress]\negress:\n  - to:\n      - ipBlock:\n          cidr: 0.0.0.0/0\n          except:\n            - 169.254.0.0/16',
);

const dns =
  '    - to:\n        - namespaceSelector:\n            matchLabels:\n              kubernetes.io/metadata.name: kube-system\n          podSelector:\n            matchLabels:\n              k8s-app: kube-dns\n      ports:\n        - protocol: UDP\n          port: 53\n        - protocol: TCP\n          port: 53\n';

export const page: RulePage = {
  why: 'Whoever gets into the pod can send its data anywhere, over any protocol, and can scan whatever the node reaches.',
  fix: 'Allow the ports that are needed, mostly TCP 443, and leave the private ranges out by `except`.',
  ignore: 'Where the pods are made for it: a proxy, a crawler, a VPN.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#allow-all-egress-traffic',
  examples: [
    {
      bad: flagged(base, '0.0.0.0/0', 'on every port'),
      fixed: `${base}      ports:\n        - protocol: TCP\n          port: 443\n${dns}`,
    },
    {
      bad: flagged(`${base}${dns}`, '0.0.0.0/0', 'on every port'),
      fixed: `${base}      ports:\n        - protocol: TCP\n          port: 443\n${dns}`,
    },
  ],
  good: [`${base}      ports:\n        - port: 443\n${dns}`],
};
