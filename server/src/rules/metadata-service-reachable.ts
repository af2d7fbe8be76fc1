import * as l10n from '@vscode/l10n';
import type { Endpoint } from '../connectivity/endpoints.ts';
import { ciliumSpecs } from '../kinds/cilium/readCilium.ts';
import { apiOf, readPolicies } from '../kinds/readPolicy.ts';
import type { Resource } from '../kinds/resource.ts';
import { hasHoles, isMadeByTemplate } from '../kinds/templates.ts';
import { addressesOf, blockAddresses } from '../model/addressSet.ts';
import { numbersOf } from '../model/implication.ts';
import { contains } from '../model/intervals.ts';
import type { Peer, Policy, Rule as PolicyRule } from '../model/policy.ts';
import { hasPort } from '../model/portSet.ts';
import { appendItem } from '../syntax/edits.ts';
import { entryOf, isMap, isSeq, itemsOf, type Node, valueAt } from '../syntax/node.ts';
import { stringOf } from '../syntax/scalar.ts';
import type { TextEdit } from '../syntax/textEdit.ts';
import { addEntry } from './counterparts.ts';
import { deployment, documents, policyNamed, policyWith } from './examples.ts';
import { type PolicyInView, podsIn } from './inView.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { allowsIn, calicoWith, ciliumWith, compiledIn, globalWith, peersAt } from './vendor.ts';
import { isWorld, worldName } from './worldwide.ts';

/** Where clouds serve an instance's metadata and credentials, over HTTP. Sources: the clouds' documentation; fd00:ec2::254 is AWS's. */
const services = [
  { range: '169.254.169.254/32', address: '169.254.169.254' },
  { range: 'fd00:ec2::254/128', address: 'fd00:ec2::254' },
] as const;

/** Whether some of the pods that a policy selects may go to an address, whatever else denies it; of pods that nobody knows it is taken for granted. */
function isReached(selected: readonly Endpoint[], target: bigint, { observer }: RuleContext): boolean {
  return selected.length === 0 || selected.some((endpoint) => hasPort(observer.side(endpoint, 'egress', target), 'TCP', 80));
}

const means = (peer: Peer, target: bigint): boolean =>
  peer.is === 'addresses' ? contains(blockAddresses(peer.cidr, peer.except), target) : isWorld(peer);

/** Whether a rule is about HTTP to an address. */
const includes = ({ peers, ports }: PolicyRule, target: bigint): boolean =>
  hasPort(numbersOf(ports), 'TCP', 80) && (peers.length === 0 || peers.some((peer) => means(peer, target)));

/** Whether a policy itself keeps an address from one of its rules: by a denial, or where the first rule that matches decides by one before. */
function isKeptFrom(own: PolicyRule, { egress = [], tier }: Policy, target: bigint): boolean {
  const asked = tier.evaluation === 'first-match' ? egress.slice(0, egress.indexOf(own)) : egress;
  return asked.some((one) => one.action !== 'allow' && !one.conditions && !one.own && includes(one, target));
}

const message = (range: string, address: string, how: string): string =>
  `${range} includes ${address}, where clouds hand out an instance's credentials to whoever asks; ${how} unless these pods need it.`;

const quotedRange = (range: string): string => (range.includes('::') ? `"${range}"` : range);

function check({ rules, selected }: PolicyInView, context: RuleContext): void {
  for (const { direction, rule, peers } of rules) {
    if (direction !== 'egress') continue;
    for (const { peer, node } of peers) {
      const block = valueAt(node, 'ipBlock');
      if (peer.is !== 'addresses' || !isMap(block)) continue;
      const reach = blockAddresses(peer.cidr, peer.except);
      for (const { range, address } of services) {
        const [target] = addressesOf(range);
        if (target === undefined || !contains(reach, target)) continue;
        if (!hasPort(numbersOf(rule.ports), 'TCP', 80) || !isReached(selected, target, context)) continue;
        context.report({
          at: entryOf(block, 'cidr')?.value ?? block,
          message: message(peer.cidr, address, 'leave it out with "except"'),
          fixes: () =>
            range === peer.cidr ? [] : [{ title: l10n.t('Leave out {0}', address), edits: leaveOut(context.text, block, 'except', range) }],
        });
      }
    }
  }
}

/** Adds a range to a list of what is left out, or the list. */
function leaveOut(text: string, map: Node | undefined, key: string, range: string): readonly TextEdit[] {
  const list = valueAt(map, key);
  if (isSeq(list) && list.items.length > 0) return [appendItem(text, list, quotedRange(range))];
  return isMap(map) ? [addEntry(text, map, key, [range])] : [];
}

/** Policies of Cilium and Calico: ranges, and what Cilium calls the world. */
function checkVendor(resource: Resource, context: RuleContext): void {
  const api = apiOf(resource);
  if ((api !== 'cilium' && api !== 'calico') || isMadeByTemplate(resource) || hasHoles(valueAt(resource.root, 'spec'))) return;
  const specs = ciliumSpecs(resource.root);
  const selected = (i: number): readonly Endpoint[] => {
    const compiled = compiledIn(resource, context)[i];
    return compiled ? podsIn(compiled.subject, context.observer.connectivity) : [];
  };
  for (const [i, policy] of readPolicies(resource).entries()) {
    for (const { own, node } of allowsIn(policy.egress, (one) => one, specs[i], 'egress')) {
      if (!hasPort(numbersOf(own.ports), 'TCP', 80)) continue;
      for (const { range, address } of services) {
        const [target] = addressesOf(range);
        if (target === undefined || isKeptFrom(own, policy, target)) continue;
        const peer = own.peers.find((one) => means(one, target));
        if (!peer || !isReached(selected(i), target, context)) continue;
        const set =
          peer.is === 'addresses' ? itemsOf(valueAt(node, 'toCIDRSet')).find((one) => stringOf(valueAt(one, 'cidr')) === peer.cidr) : undefined;
        const [map, key] = api === 'calico' ? [valueAt(node, 'destination'), 'notNets'] : [set, 'except'];
        const edits = () => (peer.is === 'addresses' && peer.cidr !== range ? leaveOut(context.text, map, key, range) : []);
        const how = peer.is === 'addresses' && map ? `leave it out with "${key}"` : 'name ranges by toCIDRSet, and leave it out with "except",';
        context.report({
          at: peersAt(node, 'egress', 'outside'),
          message: message(worldName(peer), address, how),
          // Cilium's own word for what is outside: nobody who writes it overlooked a range.
          ...(peer.is === 'addresses' ? {} : { severity: 'information' as const }),
          fixes: () => (edits().length > 0 ? [{ title: l10n.t('Leave out {0}', address), edits: edits() }] : []),
        });
        if (peer.is !== 'addresses') break;
      }
    }
  }
}

export const rule: Rule = {
  id: 'metadata-service-reachable',
  severity: 'warning',
  category: 'posture',
  summary: 'egress to a range that includes the cloud’s metadata service, 169.254.169.254',
  scope: 'cluster',
  policy: check,
  resource: checkVendor,
};

export const page: RulePage = {
  why: 'An application that fetches URLs for its users is talked into fetching `http://169.254.169.254/…` and hands out the node’s credentials. Egress to `0.0.0.0/0` “for the internet” includes that address.',
  fix: 'Add `except: [169.254.169.254/32]` to the ipBlock, and see that no other rule allows it: policies only add. Or deny it for all pods by a policy of an administrator, or by one of the whole cluster of Cilium or Calico: where that holds, nothing is said. Cilium leaves out by `except` of `toCIDRSet`, Calico by `notNets`.',
  ignore: 'Where the pods need the metadata service, or where the cloud protects it otherwise (IMDSv2 with a hop limit of 1, workload identity).',
  source:
    'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html; https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service',
  examples: [
    {
      bad: policyWith(
        'podSelector: {}\negress:\n  - to:\n      - ipBlock:\n          cidr: 0.0.0.0/0\n#               ^^^^^^^^^ includes 169.254.169.254',
      ),
      fixed: policyWith(
        'podSelector: {}\negress:\n  - to:\n      - ipBlock:\n          cidr: 0.0.0.0/0\n          except:\n            - 169.254.169.254/32',
      ),
    },
    {
      bad: policyWith(
        'podSelector: {}\negress:\n  - to:\n      - ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}\n#                       ^^^^^^^^^ credentials',
      ),
      fixed: policyWith('podSelector: {}\negress:\n  - to:\n      - ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8, 169.254.169.254/32]}'),
    },
    {
      bad: ciliumWith('endpointSelector: {}\negress:\n  - toCIDRSet:\n#   ^^^^^^^^^ includes 169.254.169.254\n      - cidr: 0.0.0.0/0'),
      fixed: ciliumWith('endpointSelector: {}\negress:\n  - toCIDRSet:\n      - cidr: 0.0.0.0/0\n        except:\n          - 169.254.169.254/32'),
    },
  ],
  good: [
    policyWith(
      'podSelector: {}\negress:\n  - to:\n      - ipBlock: {cidr: 0.0.0.0/0, except: [169.254.0.0/16]}\n  - to:\n      - ipBlock: {cidr: 0.0.0.0/0}\n    ports:\n      - port: 443',
    ),
    policyWith('podSelector: {}\ningress:\n  - from:\n      - ipBlock: {cidr: 0.0.0.0/0}'),
    ciliumWith('endpointSelector: {}\negress:\n  - toCIDR: [0.0.0.0/0]\negressDeny:\n  - toCIDR: [169.254.169.254/32]'),
    calicoWith(
      'selector: all()\ntypes: [Egress]\negress:\n  - {action: Deny, destination: {nets: [169.254.0.0/16]}}\n  - {action: Allow, destination: {nets: [0.0.0.0/0]}}',
    ),
    documents(
      policyNamed('web', 'shop', 'podSelector: {}\npolicyTypes: [Egress]\negress:\n  - to:\n      - ipBlock: {cidr: 0.0.0.0/0}'),
      globalWith("order: 1\nselector: app == 'web'\ntypes: [Egress]\negress:\n  - {action: Deny, destination: {nets: [169.254.169.254/32]}}").replace(
        'name: web',
        'name: metadata',
      ),
      deployment('web', 'shop'),
    ),
  ],
};
