import * as l10n from '@vscode/l10n';
import type { CompiledPolicy, CompiledRule } from '../connectivity/compile.ts';
import { type Connectivity, connectivityOf } from '../connectivity/connectivity.ts';
import { diffFlows, type FlowChange } from '../connectivity/diff.ts';
import type { Endpoint } from '../connectivity/endpoints.ts';
import { matches } from '../connectivity/evaluate.ts';
import { endpointName, TooManyFlows } from '../connectivity/flows.ts';
import { Observer } from '../connectivity/observer.ts';
import { isMember } from '../connectivity/podSets.ts';
import { workloadName } from '../explain/names.ts';
import { allOf, capitalised, shortened } from '../explain/phrases.ts';
import { ruleName } from '../explain/reasons.ts';
import { appendPolicies, writtenSelector } from '../kinds/kubernetes/writePolicy.ts';
import { resourcesOf } from '../kinds/resource.ts';
import type { Origin } from '../model/cluster.ts';
import type { Direction, Peer } from '../model/policy.ts';
import { allPorts, differenceOf, isEmpty, isProtocol, type PortSet, portRange, unionOf } from '../model/portSet.ts';
import { nameLabel, selectorOf, selectsAll } from '../model/selector.ts';
import { addItem, freeName } from '../rules/counterparts.ts';
import { policyInView, type RuleInView } from '../rules/inView.ts';
import { removeRules } from '../rules/policyTypes.ts';
import type { FileEdits } from '../rules/rule.ts';
import { selectorFor } from '../rules/selectorFixes.ts';
import { keepAnchors } from '../syntax/anchors.ts';
import { isSeq, type Node, type SeqItem, type SeqNode, valueAt } from '../syntax/node.ts';
import type { TextEdit } from '../syntax/textEdit.ts';
import type { WorkspaceView } from '../workspace/view.ts';
import { type End, passesStill, refusals, representative } from './flowEnds.ts';
import type { SceneNode } from './scene.ts';
import { nodeIdOf } from './workloadNodes.ts';

/** Edits of manifests that let a flow through, or take one away. */
export interface FlowEdits {
  readonly edits: readonly FileEdits[];
  /** What they do, a sentence each. */
  readonly says: readonly string[];
}

/** Why there are none, for people. */
export interface NoEdits {
  readonly problem: string;
}

export interface WantedPort {
  readonly protocol: string;
  readonly port: number;
}

/** The state of the cluster after edits of its files. */
export type Simulate = (edits: readonly FileEdits[]) => Connectivity;

const word = { ingress: 'Ingress', egress: 'Egress' } as const;

/** The workload that a node of the diagram stands for. */
const endpointOf = (connectivity: Connectivity, node: SceneNode): Endpoint | undefined =>
  connectivity.classes.find(([first]) => first && nodeIdOf(connectivity, first) === node.id)?.[0];

function writtenPods({ pods, namespaces }: Extract<Peer, { is: 'pods' }>): Readonly<Record<string, unknown>> {
  return {
    ...(namespaces ? { namespaceSelector: writtenSelector(namespaces) } : {}),
    ...(pods ? { podSelector: writtenSelector(pods) } : {}),
  };
}

/** An end as a peer of a policy of a namespace; undefined where the rule names nobody. */
function writtenPeer({ node, endpoint }: End, namespace: string): Readonly<Record<string, unknown>> | undefined {
  if (endpoint) {
    const own = endpoint.namespace.name;
    return {
      ...(own === namespace ? {} : { namespaceSelector: { matchLabels: { [nameLabel]: own } } }),
      podSelector: writtenSelector(selectorFor(endpoint.labels)),
    };
  }
  if (node.peer?.is === 'addresses') {
    const { cidr, except } = node.peer;
    return { ipBlock: { cidr, ...(except.length > 0 ? { except } : {}) } };
  }
  return node.peer?.is === 'pods' ? writtenPods(node.peer) : undefined;
}

const policiesOf = (connectivity: Connectivity, endpoint: Endpoint, direction: Direction): readonly CompiledPolicy[] =>
  connectivity.policiesOf(endpoint, direction).flatMap(([, policies]) => policies);

/** Edits of the document that something stands in, as offsets in its file. */
function editsAt(view: WorkspaceView, origin: Origin, edit: (text: string, root: ReturnType<typeof resourcesOf>) => readonly TextEdit[]): FileEdits {
  const placed = view.documentAt(origin);
  const edits = placed ? keepAnchors(placed.document, edit(placed.document.text, resourcesOf(placed.document))) : [];
  return {
    file: origin.file,
    edits: edits.map((one) => ({ ...one, start: one.start + (placed?.start ?? 0), end: one.end + (placed?.start ?? 0) })),
  };
}

/** The rule that one side lacks, in a policy that selects its pods alone and has such rules, or in a new one beside. */
function allowAt(own: Endpoint, other: End, direction: Direction, ports: readonly WantedPort[], view: WorkspaceView): FlowEdits {
  const connectivity = connectivityOf(view.cluster);
  const namespace = own.namespace.name;
  const peer = writtenPeer(other, namespace);
  const rule = {
    ...(peer ? { [direction === 'ingress' ? 'from' : 'to']: [peer] } : {}),
    ...(ports.length > 0 ? { ports } : {}),
  };
  const isolating = policiesOf(connectivity, own, direction).filter(({ policy }) => policy.kind === 'NetworkPolicy' && policy.isolates[direction]);
  const ofItAlone = isolating.find(
    ({ subject, policy, rules }) =>
      // One for every pod of its namespace is also for those to come.
      !selectsAll(policy.subject.pods) &&
      rules[direction].length > 0 &&
      connectivity.classes.every(([pod]) => !pod || pod.index === own.index || !isMember(subject, pod.index)),
  );
  const workload = workloadName(own.workload);
  if (ofItAlone) {
    const { name } = ofItAlone.policy;
    const edits = editsAt(view, ofItAlone.located.origin, (text, resources) => {
      const resource = resources.find((candidate) => candidate.kind === 'NetworkPolicy' && candidate.name === name);
      const list = valueAt(resource?.root, 'spec', direction);
      return isSeq(list) ? [addItem(text, list, rule)] : [];
    });
    if (edits.edits.length > 0) return { edits: [edits], says: [l10n.t('Adds an {0} rule to policy {1} of {2}.', direction, name ?? '', workload)] };
  }
  const name = freeName(`${own.workload.name}-${direction === 'ingress' ? 'from' : 'to'}-${dnsName(other.node.name)}`, namespace, view);
  const beside = isolating.find(({ rules }) => rules[direction].length > 0) ?? isolating[0];
  const edits = editsAt(view, beside?.located.origin ?? own.origin, (text, resources) =>
    appendPolicies(text, [
      {
        name,
        // As the manifests around it leave the namespace to whoever applies them.
        namespace:
          resources.every((resource) => resource.namespace === undefined) && (beside?.policy.namespace ?? namespace) === namespace
            ? undefined
            : namespace,
        spec: { podSelector: writtenSelector(selectorFor(own.labels)), policyTypes: [word[direction]], [direction]: [rule] },
      },
    ]),
  );
  return { edits: [edits], says: [l10n.t('Creates policy {0} for the {1} of {2}.', name, direction, workload)] };
}

/** A name as part of a policy's. */
const dnsName = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40) || 'peer';

const wantedSet = (ports: readonly WantedPort[]): PortSet =>
  ports.length === 0
    ? allPorts
    : ports.flatMap(({ protocol, port }) => (isProtocol(protocol) ? [portRange(protocol, port, port)] : [])).reduce(unionOf);

/** Whether a change is one of the flow's own: of its ends, folded ones included. */
function isOwn(change: FlowChange, from: readonly string[] | undefined, to: readonly string[] | undefined): boolean {
  return (from === undefined || from.includes(change.from)) && (to === undefined || to.includes(change.to));
}

function namesOf(connectivity: Connectivity, { endpoint }: End): readonly string[] | undefined {
  return endpoint ? connectivity.classes[endpoint.index]?.map(endpointName) : undefined;
}

const changeInWords = ({ from, to, change }: FlowChange): string => `${from} → ${to} (${change})`;

/** Joins edits of one file. */
function merged(edits: readonly FileEdits[]): readonly FileEdits[] {
  const byFile = new Map<string, TextEdit[]>();
  for (const { file, edits: own } of edits) byFile.set(file, [...(byFile.get(file) ?? []), ...own]);
  return [...byFile].map(([file, own]) => ({ file, edits: own }));
}

/** The least edits that let ports of one node through to another, at whichever side refuses; every port where none is given. */
export function allowFlow(
  from: SceneNode,
  to: SceneNode,
  ports: readonly WantedPort[],
  view: WorkspaceView,
  simulate: Simulate,
): FlowEdits | NoEdits {
  const connectivity = connectivityOf(view.cluster);
  const [source, target] = [from, to].map((node): End => ({ node, endpoint: endpointOf(connectivity, node) })) as [End, End];
  if (!source.endpoint && !target.endpoint)
    return { problem: l10n.t('A flow needs a workload of these manifests at one end at least: policies are about pods.') };
  const wanted = wantedSet(ports);
  const parts: FlowEdits[] = [];
  const sides: readonly (readonly [End, End, Direction])[] = [
    [source, target, 'egress'],
    [target, source, 'ingress'],
  ];
  for (const [own, other, direction] of sides) {
    if (!own.endpoint || !connectivity.isIsolated(own.endpoint, direction)) continue;
    const peer = representative(other);
    if (peer !== undefined && isEmpty(differenceOf(wanted, connectivity.side(own.endpoint, direction, peer)))) continue;
    parts.push(allowAt(own.endpoint, other, direction, ports, view));
  }
  if (parts.length === 0) return { problem: l10n.t('{0} may already reach {1} on these ports: neither end refuses them.', from.name, to.name) };
  const edits = merged(parts.flatMap((part) => part.edits));
  if (edits.some((file) => file.edits.length === 0))
    return { problem: l10n.t('The manifest that a policy would have to be added to cannot take one: it is JSON, or written by a template.') };
  const after = simulate(edits);
  const left = refusals(connectivity, after, source, target, wanted);
  if (left.length > 0) return { problem: l10n.t('No NetworkPolicy could let it through. {0}', left.join(' ')) };
  const others = otherChanges(connectivity, after, source, target);
  const also = !others
    ? [tooMany()]
    : others.length > 0
      ? [l10n.t('Other flows change with it: {0}.', shortened(others.map(changeInWords), allOf))]
      : [];
  return { edits, says: [...parts.flatMap((part) => part.says), ...also] };
}

/** Most flows that are compared for an edit: it is made while somebody waits. */
const mostCompared = 200_000;

const tooMany = (): string => l10n.t('Which other flows change with it was not looked at: there are too many.');

/** What else changes with an edit of a flow; undefined where there is too much to compare. */
function otherChanges(before: Connectivity, after: Connectivity, source: End, target: End): readonly FlowChange[] | undefined {
  try {
    return diffFlows(before, after, mostCompared).filter((change) => !isOwn(change, namesOf(before, source), namesOf(before, target)));
  } catch (error) {
    if (error instanceof TooManyFlows) return undefined;
    throw error;
  }
}

/** Where a compiled rule is written, and in which spec. */
function writtenRule(
  compiled: CompiledRule,
  direction: Direction,
  view: WorkspaceView,
): (RuleInView & { readonly spec: Node | undefined }) | undefined {
  const { located } = compiled.policy;
  const placed = view.documentAt(located.origin);
  const observer = new Observer(connectivityOf(view.cluster));
  for (const resource of placed ? resourcesOf(placed.document) : []) {
    const policy = policyInView(resource, view, observer);
    // Of what a patch has changed nobody knows which of the two texts to edit.
    if (policy?.located !== located || view.readingOf(resource)?.patched) continue;
    const found = policy.rules.find(({ rule, direction: own }) => rule === compiled.rule && own === direction);
    return found && { ...found, spec: policy.spec };
  }
  return undefined;
}

/** Takes what means an end out of the rules of one side; a problem where a rule cannot do without it. */
function refuseAt(own: End, other: End, direction: Direction, view: WorkspaceView): FlowEdits | NoEdits {
  const connectivity = connectivityOf(view.cluster);
  const { endpoint } = own;
  if (!endpoint) return { problem: '' };
  const name = workloadName(endpoint.workload);
  if (!connectivity.isIsolated(endpoint, direction))
    return { problem: l10n.t('No policy isolates the {0} of {1}; one that did would take other flows away too.', direction, name) };
  const peer = representative(other);
  const means = (written: RuleInView['peers'][number]): boolean => {
    if (peer === undefined) return JSON.stringify(writtenMeaning(written.peer, endpoint)) === JSON.stringify(other.node.peer);
    if (typeof peer === 'bigint')
      return written.peer.is === 'addresses' && other.node.peer?.is === 'addresses' && written.peer.cidr === other.node.peer.cidr;
    return written.pods !== undefined && isMember(written.pods, peer.index);
  };
  const removals = new Map<SeqNode, { readonly origin: Origin; readonly spec: Node | undefined; readonly items: SeqItem[] }>();
  const says: string[] = [];
  for (const policy of policiesOf(connectivity, endpoint, direction)) {
    for (const compiled of policy.rules[direction]) {
      const about = capitalised(ruleName(compiled, direction));
      if (compiled.rule.action !== 'allow') continue;
      if (compiled.anyPeer) return { problem: l10n.t('{0} allows everyone, and policies only add: no other policy can leave one out.', about) };
      if (peer !== undefined && !matches(compiled, peer, endpoint)) continue;
      const written = writtenRule(compiled, direction, view);
      if (!written && policy.policy.kind !== 'NetworkPolicy')
        return { problem: l10n.t('{0} allows it; only rules of NetworkPolicies are edited here, change it by hand.', about) };
      if (!written) return { problem: l10n.t('{0} is not written where it could be edited.', about) };
      const meant = written.peers.filter(means);
      if (meant.length === 0) {
        if (peer === undefined) continue;
        return { problem: l10n.t('{0} allows it as part of a wider range; policies only add, so that one part cannot be taken out.', about) };
      }
      const whole = meant.length === written.peers.length;
      for (const { list, item } of whole ? [written] : meant) {
        const removal = removals.get(list) ?? { origin: compiled.policy.located.origin, spec: written.spec, items: [] };
        removal.items.push(item);
        removals.set(list, removal);
      }
      says.push(whole ? l10n.t('Removes: {0}.', about) : l10n.t('Removes a peer from: {0}.', about));
    }
  }
  const edits = [...removals].map(([list, { origin, spec, items }]) => editsAt(view, origin, (text) => removeRules(text, spec, list, items)));
  return edits.length > 0 ? { edits: merged(edits), says } : { problem: l10n.t('No rule for the {0} of {1} allows it.', direction, name) };
}

/** A peer with the namespace that it means by leaving it out. */
const writtenMeaning = (peer: Peer, { namespace }: Endpoint): Peer =>
  peer.is === 'pods' && !peer.namespaces ? { ...peer, namespaces: selectorOf({ [nameLabel]: namespace.name }) } : peer;

/** The edits that take exactly one flow away, at either side; or why none do. */
export function removeFlow(from: SceneNode, to: SceneNode, view: WorkspaceView, simulate: Simulate): FlowEdits | NoEdits {
  const connectivity = connectivityOf(view.cluster);
  const [source, target] = [from, to].map((node): End => ({ node, endpoint: endpointOf(connectivity, node) })) as [End, End];
  const problems: string[] = [];
  const sides: readonly (readonly [End, End, Direction])[] = [
    [target, source, 'ingress'],
    [source, target, 'egress'],
  ];
  for (const [own, other, direction] of sides) {
    const found = refuseAt(own, other, direction, view);
    if ('problem' in found) {
      if (found.problem !== '') problems.push(found.problem);
      continue;
    }
    const after = simulate(found.edits);
    const left = passesStill(after, own, other, direction);
    if (left) {
      problems.push(l10n.t('Without the rules that allow it, it would still pass: {0}', left));
      continue;
    }
    const others = otherChanges(connectivity, after, source, target);
    if (!others) {
      problems.push(tooMany());
      continue;
    }
    if (others.length === 0) return found;
    problems.push(
      l10n.t(
        'What allows it at the side of {0} allows more: without it {1} would change too. Policies only add; narrower rules have to be written first.',
        own.node.name,
        shortened(others.map(changeInWords), allOf),
      ),
    );
  }
  return { problem: problems.join(' ') };
}
