import { type CompiledRule, portsAt } from '../connectivity/compile.ts';
import type { Endpoint } from '../connectivity/endpoints.ts';
import type { Observer } from '../connectivity/observer.ts';
import { isMember, type PodSet } from '../connectivity/podSets.ts';
import { explainSide, lacksRule, someOf } from '../connectivity/reasons.ts';
import { portsInShort } from '../explain/inCluster.ts';
import { agreeing, workloadName, workloadNames } from '../explain/names.ts';
import { allOf, plain, ports as portsPhrase, shortened } from '../explain/phrases.ts';
import { ruleName } from '../explain/reasons.ts';
import { appendPolicies, writtenSelector } from '../kinds/kubernetes/writePolicy.ts';
import { isNetworkPolicy } from '../kinds/registry.ts';
import type { Resource } from '../kinds/resource.ts';
import type { Located } from '../model/cluster.ts';
import { type Direction, directions, type Peer, type Policy } from '../model/policy.ts';
import { intersectionOf, isEmpty, type PortSet } from '../model/portSet.ts';
import { nameLabel, type Selector } from '../model/selector.ts';
import { isSeq, valueAt } from '../syntax/node.ts';
import { isPartialIn, mayMeanMore } from '../workspace/unknown.ts';
import { addItem } from './counterparts.ts';
import { deployment, documents, flagged, policyNamed } from './examples.ts';
import { type PeerInView, type PolicyInView, podsIn, type RuleInView } from './inView.ts';
import { fixAt, isolating, languageOf, namespaceBeside, otherSideFixes, otherSideName, type Refused } from './otherSide.ts';
import type { Fix, Report, Rule, RuleContext, RulePage } from './rule.ts';
import { newlyIsolated, selectorAnchor, selectorFor } from './selectorFixes.ts';
import { allowsIn, peersAt, vendorPolicies } from './vendor.ts';

const opposite: Readonly<Record<Direction, Direction>> = { ingress: 'egress', egress: 'ingress' };

/** Most pairs of pods that are looked at for one peer; a peer that means more is wide, and meant to be. */
const mostPairs = 400;

interface Refusal extends Refused {
  /** What is meant. */
  readonly ports: PortSet;
}

/** A pair of a peer's flow, where the other side refuses every pair that this one lets through. */
function refusal(
  pods: PodSet | undefined,
  rule: CompiledRule,
  direction: Direction,
  selected: readonly Endpoint[],
  observer: Observer,
): Refusal | undefined {
  const others = podsIn(pods, observer.connectivity);
  if (others.length === 0 || selected.length * others.length > mostPairs) return undefined;
  let first: Refusal | undefined;
  for (const own of selected) {
    for (const other of others) {
      // Pods of one workload among themselves: each side is the same policy's business.
      if (own.index === other.index) return undefined;
      const meant = portsAt(rule, direction === 'ingress' ? own.ports : other.ports);
      if (isEmpty(meant) || (rule.own && !isMember(rule.own, own.index))) continue;
      if (!isEmpty(intersectionOf(meant, observer.side(other, opposite[direction], own)))) return undefined;
      // What another policy of this side denies is not let through here.
      const passes = intersectionOf(meant, observer.side(own, direction, other));
      if (!isEmpty(passes)) first ??= { own, other, ports: passes };
    }
  }
  return first;
}

/** The rule that the other side lacks. */
export function missingRule(
  { own }: Pick<Refusal, 'own'>,
  rule: RuleInView,
  { policy, namespace }: PolicyInView,
  otherNamespace: string,
): Readonly<Record<string, unknown>> {
  const subject: Selector = policy.subject.pods?.requirements.length ? policy.subject.pods : selectorFor(own.labels);
  const peer = {
    ...(namespace === otherNamespace ? {} : { namespaceSelector: { matchLabels: { [nameLabel]: namespace } } }),
    podSelector: writtenSelector(subject),
  };
  const ports = rule.rule.ports.map(({ protocol, port, endPort }) => ({
    protocol,
    ...(port === undefined ? {} : { port }),
    ...(endPort === undefined ? {} : { endPort }),
  }));
  return { [rule.direction === 'ingress' ? 'to' : 'from']: [peer], ...(ports.length > 0 ? { ports } : {}) };
}

function fixesFor(refused: Refusal, peer: PeerInView, rule: RuleInView, found: PolicyInView, context: RuleContext): readonly Fix[] {
  const side = opposite[rule.direction];
  const { own, other } = refused;
  if (!lacksRule(found.connectivity, other, side, own, refused.ports)) return [];
  const written = missingRule(refused, rule, found, other.namespace.name);
  const policies = isolating(other, side, found.observer);
  const extended = policies.find(
    ({ value }) => languageOf(value) === 'kubernetes' && (value[side]?.length ?? 0) > 0 && value.subject.pods?.requirements.length,
  );
  const [beside] = policies;
  return [
    ...(extended
      ? fixAt(extended, `Add the ${side} rule to policy ${extended.value.name} of ${workloadName(other.workload)}`, context, (text, resources) => {
          const { name, namespace } = extended.value;
          const isMeant = (one: Resource) => isNetworkPolicy(one.table) && one.name === name && (one.namespace ?? namespace) === namespace;
          const list = valueAt(resources.find(isMeant)?.root, 'spec', side);
          return isSeq(list) ? [addItem(text, list, written)] : [];
        })
      : []),
    ...(beside ? createBeside(beside, refused, peer, side, written, context) : []),
  ];
}

/** A policy of its own for the flow, in the document of one that isolates. */
function createBeside(
  beside: Located<Policy>,
  refused: Refusal,
  { peer }: PeerInView,
  side: Direction,
  written: Readonly<Record<string, unknown>>,
  context: RuleContext,
): readonly Fix[] {
  const { other } = refused;
  const name = otherSideName(refused, side, context);
  const subject: Selector = peer.is === 'pods' && peer.pods?.requirements.length ? peer.pods : selectorFor(other.labels);
  if (newlyIsolated(subject, other, side, context.observer.connectivity).length > 0) return [];
  return fixAt(beside, `Create the policy ${name}`, context, (text, resources) =>
    appendPolicies(text, [
      {
        name,
        namespace: namespaceBeside(resources, beside, other.namespace.name),
        spec: { podSelector: writtenSelector(subject), policyTypes: [side === 'ingress' ? 'Ingress' : 'Egress'], [side]: [written] },
      },
    ]),
  );
}

/** Whether a peer is narrow; one without labels is wide: it allows for whoever is let in elsewhere. */
const isNarrow = (peer: Peer): peer is Extract<Peer, { is: 'pods' }> =>
  peer.is === 'pods' && (peer.pods?.requirements.length ?? 0) + (peer.namespaces?.requirements.length ?? 0) + (peer.pods?.anyOf?.length ?? 0) > 0;

/** One of the pods whose flow is refused to which the other side allows something else, and what. */
function otherPorts(
  partners: readonly Endpoint[],
  selected: readonly Endpoint[],
  side: Direction,
  observer: Observer,
): { readonly own: Endpoint; readonly ports: PortSet } | undefined {
  for (const own of selected) {
    for (const other of partners) {
      const ports = observer.side(other, side, own);
      if (!isEmpty(ports)) return { own, ports };
    }
  }
  return undefined;
}

/** What the finding says of a flow that the other side refuses, and where that side says so. */
function told(
  refused: Refusal,
  { rule }: CompiledRule,
  direction: Direction,
  pods: PodSet | undefined,
  selected: readonly Endpoint[],
  observer: Observer,
): Pick<Report, 'message' | 'related'> {
  const { own, other, ports } = refused;
  const side = opposite[direction];
  const partners = podsIn(pods, observer.connectivity);
  const theirs = partners.map(({ workload }) => workload);
  const others = workloadNames(theirs);
  const refuse = agreeing(theirs, 'which does not let it', 'which do not let it');
  const whose = agreeing(theirs, 'its', 'their');
  const mine = workloadNames(selected.map(({ workload }) => workload));
  const what = plain(portsPhrase(rule.ports)).replace('every port', 'anything');
  const lets = direction === 'egress' ? `Lets ${what} out to ${others}, ${refuse} in:` : `Lets ${what} in from ${others}, ${refuse} out:`;
  const { decidedBy } = explainSide(observer.connectivity, other, side, own, someOf(ports));
  const [denial] = decidedBy;
  if (denial)
    return {
      message: `${lets} ${ruleName(denial, side)} denies it. Nothing gets through.`,
      related: [{ origin: denial.policy.located.origin, message: `${denial.policy.policy.kind} ${denial.policy.policy.name ?? ''} denies it` }],
    };
  const policies = isolating(other, side, observer);
  const names = shortened(
    policies.map(({ value }) => `${value.kind} ${value.name ?? ''}`),
    allOf,
  );
  const elsewhere = otherPorts(partners, selected, side, observer);
  const but = elsewhere
    ? `the rules there allow ${workloadName(elsewhere.own.workload)} ${portsInShort(elsewhere.ports)} alone`
    : `no rule there allows ${mine}`;
  return {
    message: `${lets} ${whose} ${side} is isolated by ${names}, and ${but}. Nothing gets through.`,
    related: policies.slice(0, 3).map(({ origin, value }) => ({
      origin,
      message: `${value.kind} ${value.name ?? ''} isolates the ${side} of ${workloadName(other.workload)}`,
    })),
  };
}

function check(found: PolicyInView, context: RuleContext): void {
  const { located, connectivity, selected, observer } = found;
  const compiled = connectivity.compiledOf(located);
  // A policy that is not known may allow the flow, and pods that are not known may be among those of either side.
  if (!compiled || selected.length === 0 || isPartialIn(context.view.unknown, found.namespace)) return;
  for (const rule of found.rules) {
    const { direction } = rule;
    const own = compiled.rules[direction].find((candidate) => candidate.rule === rule.rule);
    if (!own) continue;
    for (const peer of rule.peers) {
      const isKnown = isNarrow(peer.peer) && !mayMeanMore(context.view.unknown, peer.peer.namespaces, found.namespace);
      const refused = isKnown ? refusal(peer.pods, own, direction, selected, observer) : undefined;
      if (!refused) continue;
      const selector = valueAt(peer.node, 'podSelector') ?? valueAt(peer.node, 'namespaceSelector');
      context.report({
        ...told(refused, own, direction, peer.pods, selected, observer),
        at: selector ? selectorAnchor(selector) : peer.node,
        fixes: () => fixesFor(refused, peer, rule, found, context),
      });
    }
  }
}

function checkVendor(resource: Resource, context: RuleContext): void {
  const { observer } = context;
  for (const { compiled, policy, spec, selected } of vendorPolicies(resource, context)) {
    if (selected.length === 0 || policy.asksIdentity || mayMeanMore(context.view.unknown, policy.subject.namespaces, policy.namespace)) continue;
    for (const direction of directions) {
      for (const { own, node } of allowsIn(compiled.rules[direction], ({ rule: one }) => one, spec, direction)) {
        // One finding a rule is enough.
        for (const peer of own.rule.peers.filter(isNarrow)) {
          if (mayMeanMore(context.view.unknown, peer.namespaces, policy.namespace)) continue;
          const pods = observer.connectivity.podsOf(peer, policy);
          const refused = refusal(pods, own, direction, selected, observer);
          if (!refused) continue;
          const side = opposite[direction];
          context.report({
            ...told(refused, own, direction, pods, selected, observer),
            at: peersAt(node, direction, 'inside'),
            fixes: () =>
              lacksRule(observer.connectivity, refused.other, side, refused.own, refused.ports)
                ? otherSideFixes(refused, peer, own.rule, policy, side, resource, context)
                : [],
          });
          break;
        }
      }
    }
  }
}

export const rule: Rule = {
  id: 'one-sided-flow',
  severity: 'warning',
  category: 'meaning',
  summary: 'a flow that one side allows and the other refuses',
  scope: 'cluster',
  needsWorkloads: true,
  policy: check,
  resource: checkVendor,
};

const dns = '\n  - ports: [{port: 53, protocol: UDP}, {port: 53}]';
const web = policyNamed(
  'web',
  'shop',
  `podSelector: {matchLabels: {app: web}}\npolicyTypes: [Egress]\negress:${dns}\n  - to: [{podSelector: {matchLabels: {app: db}}}]\n    ports: [{port: 5432}]`,
);
const db = policyNamed(
  'db',
  'shop',
  'podSelector: {matchLabels: {app: db}}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - podSelector:\n          matchLabels:\n            app: api\n    ports:\n      - protocol: TCP\n        port: 5432',
);
const workloads = [deployment('web', 'shop'), deployment('api', 'shop'), deployment('db', 'shop', '{containerPort: 5432}')];
const base = documents(db, web, ...workloads);

export const page: RulePage = {
  why: 'The policy of the web pods lets them out to the database, and still every connection times out: the database has a policy of its own, in another file, and that one lets in the API alone. Both sides must allow a flow; people search on the side that they have just edited.',
  fix: 'Allow the flow on the other side too. The quick fixes add the rule to the policy that refuses, or create one for this flow; the related information leads to the policies that isolate.',
  ignore: 'Where the flow shall be refused and this side is only kept ready.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation',
  examples: [
    { bad: flagged(base, 'app: db}}}', 'no rule there allows Deployment web').replace('^^^^^^^^^^ no rule', '^^^^^^^ no rule') },
    {
      bad: flagged(
        documents(web.replace(/policyTypes[\s\S]*/, 'policyTypes: [Egress]\n'), db, ...workloads).replace('app: api', 'app: web'),
        'app: web',
        'which does not let it out: its egress is isolated by NetworkPolicy web',
        2,
      ),
    },
  ],
  good: [base.replace('app: api', 'app: web'), web],
};
