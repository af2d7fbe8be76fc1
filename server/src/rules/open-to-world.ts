import * as l10n from '@vscode/l10n';
import type { Endpoint } from '../connectivity/endpoints.ts';
import { workloadNames } from '../explain/names.ts';
import { plain, ports as portsPhrase } from '../explain/phrases.ts';
import { apiOf } from '../kinds/readPolicy.ts';
import type { Resource } from '../kinds/resource.ts';
import { numbersOf } from '../model/implication.ts';
import type { Peer, Rule as PolicyRule } from '../model/policy.ts';
import { differenceOf, isEmpty, noPorts, type PortSet, portRange, protocols, unionOf } from '../model/portSet.ts';
import { columnOf, replaceValue } from '../syntax/edits.ts';
import { entryOf, isMap, type MapNode, type Range, resolve, type SeqItem } from '../syntax/node.ts';
import type { TextEdit } from '../syntax/textEdit.ts';
import { addEntry } from './counterparts.ts';
import { deployment, documents, flagged, policyNamed } from './examples.ts';
import type { PolicyInView, RuleInView } from './inView.ts';
import { ownPodsInstead } from './peerSelectors.ts';
import type { Fix, Report, Rule, RuleContext, RulePage } from './rule.ts';
import { allowsIn, peersAt, vendorPolicies } from './vendor.ts';
import { isEntrance, isWorld, opensToWorld, reachesFromWorld, worldName } from './worldwide.ts';

/** Ports on which everybody is mostly meant to come: HTTP, HTTPS and DNS. Who names no protocol opens all three. */
const expected: PortSet = protocols
  .flatMap((protocol) => [53, 80, 443, 8080, 8443].map((port) => portRange(protocol, port, port)))
  .reduce<PortSet>(unionOf, noPorts);

const isExpected = ({ ports }: PolicyRule): boolean => {
  if (ports.length === 0) return false;
  const named = ports.every(({ port }) => typeof port !== 'string' || /^https?\b|^web|dns/.test(port));
  return named && isEmpty(differenceOf(numbersOf(ports), expected));
};

const isEmptyRule = ({ node }: RuleInView): boolean => isMap(node) && node.entries.length === 0;

const ownAlone = (): string => l10n.t('Let in the policy’s own namespace alone');

/** Narrows a rule for everybody, or one peer of it, to the policy's own namespace. */
function fixesFor({ node, item, list }: RuleInView, peer: Range | undefined, { text }: RuleContext): readonly Fix[] {
  const title = ownAlone();
  if (peer) return [{ title, edits: [ownPodsInstead(peer, text)] }];
  const written = entryOf(node, 'from');
  if (written) return [{ title, edits: [replaceValue(text, written, '[{podSelector: {}}]')] }];
  if (isMap(node) && node.entries.length > 0) return [{ title, edits: [addEntry(text, node, 'from', [{ podSelector: {} }])] }];
  const empty = item.value.start === item.value.end;
  const from = list.flow ? '{from: [{podSelector: {}}]}' : 'from: [{podSelector: {}}]';
  return [{ title, edits: [{ start: item.value.start, end: item.value.end, newText: `${empty ? ' ' : ''}${from}` }] }];
}

/** What a rule opens, as a finding; nothing where it is no news. */
function opens(rule: PolicyRule, selected: readonly Endpoint[], whom: string, isEmptyRule = false): Pick<Report, 'message' | 'severity'> | undefined {
  // Of pods that nobody knows, HTTPS for the world is no news.
  if (selected.length === 0 && rule.ports.length > 0 && rule.ports.every(({ port, endPort }) => port === 443 && endPort === undefined))
    return undefined;
  const what = plain(portsPhrase(rule.ports));
  const who = selected.length === 0 ? 'the selected pods' : workloadNames(selected.map(({ workload }) => workload));
  return {
    message: `Opens ${what} of ${who} to ${whom}; name who may come, unless the world may.`,
    // Without pods in sight, for the web and for DNS, for some requests, or by an empty rule that nobody writes by accident, it is worth a look and no more.
    ...(selected.length === 0 || isExpected(rule) || rule.conditions || isEmptyRule ? { severity: 'information' as const } : {}),
  };
}

const keysOf = (item: SeqItem | undefined): readonly string[] => {
  const node = resolve(item?.value);
  return isMap(node) ? node.entries.map(({ key }) => key.text) : [];
};

/** What to say of a rule of ports alone beside one of peers alone, which were meant as one: the dash of the second goes. */
function joinedWith({ node, item, list }: RuleInView, text: string): { readonly message: string; readonly fixes: readonly Fix[] } | undefined {
  const index = list.items.indexOf(item);
  if (!isMap(node) || keysOf(item).join() !== 'ports') return undefined;
  const other = [index - 1, index + 1].find((i) => keysOf(list.items[i]).join() === 'from');
  const second = other === undefined ? undefined : list.items[Math.max(index, other)];
  if (other === undefined || !second) return undefined;
  const [first, next] = [resolve(list.items[Math.min(index, other)]?.value), resolve(second.value)];
  const edit = isMap(first) && isMap(next) ? joining(first, next, second, text) : undefined;
  return {
    message: `This rule opens its ports to everyone, inside and outside the cluster, and rule ${other + 1} every port to its peers: a dash makes two rules of what is mostly meant as one.`,
    fixes: edit ? [{ title: l10n.t('Join it with rule {0}', other + 1), edits: [edit] }] : [],
  };
}

/** Makes one mapping of two that follow each other in a list; undefined where they are written in two styles, or begin in other columns. */
function joining(first: MapNode, next: MapNode, { start }: SeqItem, text: string): TextEdit | undefined {
  if (first.flow !== next.flow) return undefined;
  if (first.flow) return { start: first.end - 1, end: next.start + 1, newText: ', ' };
  return columnOf(text, first.start) === columnOf(text, next.start) ? { start, end: start + 1, newText: ' ' } : undefined;
}

const everyone = 'everyone, inside and outside the cluster';

function check(found: PolicyInView, context: RuleContext): void {
  const { selected } = found;
  if (selected.length > 0 && selected.every((endpoint) => isEntrance(endpoint, found))) return;
  for (const rule of found.rules) {
    if (rule.direction !== 'ingress') continue;
    if (rule.rule.peers.length === 0 && opensToWorld(rule.rule, found)) {
      // A dangling dash has no width: the dash itself is underlined.
      const value = rule.item.value.end > rule.item.value.start ? rule.item.value : { start: rule.item.start, end: rule.item.start + 1 };
      const at = isMap(rule.node) && rule.node.entries.length > 0 ? (rule.node.entries[0]?.key ?? value) : value;
      const opened = opens(rule.rule, found.selected, everyone, isEmptyRule(rule));
      const joined = joinedWith(rule, context.text);
      const fixes = () => [...(joined?.fixes ?? []), ...fixesFor(rule, undefined, context)];
      if (joined) context.report({ message: joined.message, at, fixes });
      else if (opened) context.report({ ...opened, at, fixes });
    }
    for (const { peer, node } of rule.peers) {
      const cidr = entryOf(entryOf(node, 'ipBlock')?.value, 'cidr')?.value;
      if (!isWorld(peer) || peer.is !== 'addresses' || !cidr || !opensToWorld(rule.rule, found)) continue;
      const opened = opens(rule.rule, found.selected, inWorld(peer));
      if (opened) context.report({ ...opened, at: cidr, fixes: () => fixesFor(rule, node, context) });
    }
  }
}

const inWorld = (peer: Peer): string => (peer.is === 'addresses' ? `every address in ${peer.cidr}` : worldName(peer));

function checkVendor(resource: Resource, context: RuleContext): void {
  const { observer, text } = context;
  for (const { compiled, policy, spec, selected } of vendorPolicies(resource, context)) {
    // Whether a rule is asked at all depends on the pods.
    if (selected.every((endpoint) => isEntrance(endpoint, observer))) continue;
    for (const { own, node } of allowsIn(compiled.rules.ingress, ({ rule: one }) => one, spec, 'ingress')) {
      const { peers } = own.rule;
      const world = peers.find(isWorld);
      if ((peers.length > 0 && !world) || !selected.some((endpoint) => reachesFromWorld(endpoint, own, observer))) continue;
      const opened = opens(own.rule, selected, world ? inWorld(world) : everyone);
      if (!opened) continue;
      const narrows = isMap(node) && peers.length === 0 && policy.namespaced && apiOf(resource) === 'cilium';
      context.report({
        ...opened,
        at: peersAt(node, 'ingress', 'outside'),
        fixes: () => (narrows ? [{ title: ownAlone(), edits: [addEntry(text, node, 'fromEndpoints', [{}])] }] : []),
      });
    }
  }
}

export const rule: Rule = {
  id: 'open-to-world',
  severity: 'warning',
  category: 'posture',
  summary: 'ingress from everyone, or from 0.0.0.0/0 or ::/0, to pods that are no entrance from outside',
  scope: 'cluster',
  policy: check,
  resource: checkVendor,
};

const base = documents(
  policyNamed(
    'db',
    'shop',
    'podSelector: {matchLabels: {app: db}}\npolicyTypes: [Ingress]\ningress:\n  - from: [{ipBlock: {cidr: 0.0.0.0/0}}]\n    ports: [{port: 9000}]',
  ),
  deployment('db', 'shop', '{containerPort: 9000}'),
);
const open = policyNamed('db', 'shop', 'podSelector: {matchLabels: {app: db}}\npolicyTypes: [Ingress]\ningress:\n  - ports: [{port: 9000}]');

export const page: RulePage = {
  why: 'A rule without `from` was “for the test”. It does not mean nobody, it means everyone: every pod of the cluster, and every address outside that finds a way in.',
  fix: 'Name the peers. The quick fix narrows a rule without `from` to the policy’s own namespace, which you can then narrow further.',
  ignore:
    'Where the world shall come: of ingress controllers, and of pods behind an Ingress, a route or a Service of type LoadBalancer, nothing is said; for HTTP, HTTPS and DNS alone, for an empty rule (`- {}`), or without pods in sight, it is information. Of a rule of Cilium or Calico it is said where pods are known that somebody outside does reach by it.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#allow-all-ingress-traffic',
  examples: [
    { bad: flagged(base, '0.0.0.0/0', 'Opens TCP 9000 of Deployment db to every address') },
    {
      bad: policyNamed(
        'db',
        'shop',
        'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - podSelector: {matchLabels: {app: web}}\n  - ports:\n#   ^^^^^ a dash makes two rules of what is mostly meant as one\n      - port: 9000',
      ),
      fixed: policyNamed(
        'db',
        'shop',
        'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - podSelector: {matchLabels: {app: web}}\n    ports:\n      - port: 9000',
      ),
    },
    { bad: documents(flagged(open, 'ports', 'everyone, inside and outside'), deployment('db', 'shop', '{containerPort: 9000}')) },
  ],
  good: [
    base.replace('ipBlock: {cidr: 0.0.0.0/0}', 'podSelector: {}'),
    documents(
      base,
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: db\n  namespace: shop\nspec:\n  type: LoadBalancer\n  selector: {app: db}\n  ports: [{port: 9000}]\n',
    ),
  ],
};
