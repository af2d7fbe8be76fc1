import * as l10n from '@vscode/l10n';
import type { CompiledPolicy } from '../connectivity/compile.ts';
import { isMember, membersOf } from '../connectivity/podSets.ts';
import { enclosing, type Place } from '../kinds/walk.ts';
import { numbersOf } from '../model/implication.ts';
import { hasPort } from '../model/portSet.ts';
import { isSeq } from '../syntax/node.ts';
import { isPartial } from '../workspace/unknown.ts';
import { addItem } from './counterparts.ts';
import { ciliumDnsRule, platformOf } from './dns.ts';
import { anchorOf } from './places.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { allCompiled, ciliumWith, compiledIn, covers } from './vendor.ts';

/** Whether a policy sends DNS of the pods it selects through Cilium's proxy. */
const proxiesDns = ({ policy }: CompiledPolicy): boolean =>
  policy.egress?.some(
    (rule) => rule.action === 'allow' && rule.conditions?.some(({ protocol }) => protocol === 'dns') && hasPort(numbersOf(rule.ports), 'UDP', 53),
  ) === true;

/** Whether one policy selects whatever another does: by labels, or as far as pods are known. */
function selectsAllOf(wide: CompiledPolicy, narrow: CompiledPolicy): boolean {
  if (covers(wide, narrow)) return true;
  const known = membersOf(narrow.subject);
  return known.length > 0 && known.every((index) => isMember(wide.subject, index));
}

function check(place: Place, context: RuleContext): void {
  if (place.entry?.key.text !== 'toFQDNs' || !isSeq(place.node) || place.node.items.length === 0) return;
  const list = enclosing(place, 'cilium-rules');
  const compiled = compiledIn(place.resource, context);
  const at = place.node;
  const own = compiled.find(({ policy }) => policy.egress?.some(({ source }) => source.start <= at.start && at.end <= source.end));
  // Policies for all namespaces are often those of a release, wherever that lands.
  if (!own || !list || isPartial(context.view.unknown)) return;
  if (allCompiled(context).some((other) => proxiesDns(other) && selectsAllOf(other, own))) return;
  const seq = list.node;
  context.report({
    at: anchorOf(place),
    message:
      'toFQDNs allows addresses that Cilium has seen in answers of DNS, and no policy for these pods sends their DNS through its proxy: it sees none, and nothing is allowed. Add a rule for port 53 with rules.dns.',
    fixes: () =>
      isSeq(seq)
        ? [
            {
              title: l10n.t('Add a DNS rule that Cilium can see'),
              certain: true,
              edits: [addItem(context.text, seq, ciliumDnsRule(platformOf(context.view.cluster), true))],
            },
          ]
        : [],
  });
}

export const rule: Rule = {
  id: 'cilium-fqdn-without-dns',
  severity: 'warning',
  category: 'meaning',
  summary: 'toFQDNs without a rule that lets Cilium see the answers of DNS',
  apis: ['cilium'],
  scope: 'workspace',
  places: { 'cilium-peers': check },
};

const names = 'endpointSelector: {matchLabels: {app: web}}\negress:\n  - toFQDNs:\n      - matchName: api.example.com';

export const page: RulePage = {
  why: 'Cilium knows the addresses behind a name only from the answers that pass its DNS proxy, and only DNS that a rule with `rules.dns` allows goes that way. A plain rule for port 53 lets names resolve, and every connection to them is still refused.',
  fix: 'Add a rule to kube-dns on port 53 with `rules: {dns: [{matchPattern: "*"}]}`, here or in a policy for all pods of the namespace.',
  ignore: 'Where a policy of another repository does it.',
  source: 'https://docs.cilium.io/en/stable/security/policy/language/#dns-based',
  examples: [
    {
      bad: ciliumWith(names.replace('toFQDNs:\n', 'toFQDNs:\n#   ^^^^^^^ no policy for these pods sends their DNS through its proxy\n')),
      fixed: ciliumWith(
        `${names}\n  - toEndpoints:\n      - matchLabels:\n          k8s:io.kubernetes.pod.namespace: kube-system\n          k8s:k8s-app: kube-dns\n    toPorts:\n      - ports:\n          - port: "53"\n            protocol: ANY\n        rules:\n          dns:\n            - matchPattern: "*"`,
      ),
    },
  ],
  good: [
    ciliumWith(
      `${names}\n  - toEndpoints: [{matchLabels: {k8s:io.kubernetes.pod.namespace: kube-system, k8s-app: kube-dns}}]\n    toPorts:\n      - ports: [{port: "53", protocol: UDP}]\n        rules: {dns: [{matchPattern: "*"}]}`,
    ),
  ],
};
