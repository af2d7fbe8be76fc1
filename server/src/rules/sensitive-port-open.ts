import type { Endpoint } from '../connectivity/endpoints.ts';
import { workloadNames } from '../explain/names.ts';
import type { Resource } from '../kinds/resource.ts';
import type { Peer, PortRange } from '../model/policy.ts';
import { everything, selectsAll } from '../model/selector.ts';
import type { ContainerPort } from '../model/workload.ts';
import { deployment, documents, flagged, policyNamed } from './examples.ts';
import type { PolicyInView } from './inView.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { allowsIn, peersAt, vendorPolicies } from './vendor.ts';
import { isEveryPod, isWorld, opensToWorld, reachesFromWorld } from './worldwide.ts';

/** Ports that give control or data to whoever reaches them, and what listens there. Source: IANA's registry and the projects' documentation. */
const sensitive: Readonly<Record<number, string>> = {
  22: 'SSH',
  2375: 'the Docker API without TLS',
  2376: 'the Docker API',
  2379: 'etcd',
  2380: 'etcd',
  3306: 'MySQL',
  3389: 'Remote Desktop',
  5432: 'PostgreSQL',
  5984: 'CouchDB',
  6379: 'Redis',
  7000: 'Cassandra',
  9042: 'Cassandra',
  9200: 'Elasticsearch',
  9300: 'Elasticsearch',
  10250: 'the kubelet',
  11211: 'memcached',
  27017: 'MongoDB',
};

/** The sensitive ports that an entry opens: by number, in a range, or by the name of a container port. */
function opened(port: PortRange, declared: readonly ContainerPort[]): readonly number[] {
  const { protocol, port: first, endPort } = port;
  if (protocol !== 'TCP' && protocol !== 'ANY') return [];
  if (typeof first === 'string')
    return declared
      .filter(({ name }) => name === first)
      .map((own) => own.port)
      .filter((number) => sensitive[number]);
  const numbers = Object.keys(sensitive).map(Number);
  // Every port, or nearly: rules about width speak of that.
  if (first === undefined || (endPort ?? first) - first > 1000) return [];
  return numbers.filter((number) => number >= first && number <= (endPort ?? first));
}

function check(found: PolicyInView, context: RuleContext): void {
  const { rules, selected } = found;
  const declared = selected.flatMap(({ ports }) => ports);
  for (const rule of rules) {
    if (rule.direction !== 'ingress') continue;
    const whom = wideWhom(rule.rule.peers);
    if (!whom || (whom !== 'every namespace' && !opensToWorld(rule.rule, found))) continue;
    for (const { port, at } of rule.ports) {
      const [number] = opened(port, declared);
      if (number !== undefined) context.report({ at, message: told(number, selected, whom) });
    }
  }
}

const wideWhom = (peers: readonly Peer[]): string | undefined =>
  peers.length === 0 ? 'everyone' : peers.some(isWorld) ? 'the world' : peers.some(isEveryPod) ? 'every namespace' : undefined;

function told(port: number, selected: readonly Endpoint[], whom: string): string {
  const who = selected.length > 0 ? ` of ${workloadNames(selected.map(({ workload }) => workload))}` : '';
  return `Opens TCP ${port} (${sensitive[port]})${who} to ${whom}; let in those who need it, by their labels.`;
}

function checkVendor(resource: Resource, context: RuleContext): void {
  const { observer } = context;
  for (const { compiled, policy, spec, selected } of vendorPolicies(resource, context)) {
    const declared = selected.flatMap(({ ports }) => ports);
    for (const { own, node } of allowsIn(compiled.rules.ingress, ({ rule: one }) => one, spec, 'ingress')) {
      const { peers, ports, conditions } = own.rule;
      const everyPod = peers.some(
        (peer) =>
          (peer.is === 'entity' && peer.entity === 'cluster') ||
          (!policy.namespaced && peer.is === 'pods' && !peer.namespaces && selectsAll(peer.pods ?? everything)),
      );
      const whom = wideWhom(peers) ?? (everyPod ? 'every namespace' : undefined);
      if (!whom || conditions) continue;
      // Whether a rule is asked at all depends on the pods.
      if (whom !== 'every namespace' && !selected.some((endpoint) => reachesFromWorld(endpoint, own, observer))) continue;
      const number = ports.flatMap((port) => opened(port, declared))[0];
      if (number !== undefined)
        context.report({ at: peersAt(node, 'ingress', everyPod ? 'inside' : 'outside'), message: told(number, selected, whom) });
    }
  }
}

export const rule: Rule = {
  id: 'sensitive-port-open',
  severity: 'warning',
  category: 'posture',
  summary: 'a port of a database, a shell or a control plane open to the world or to every namespace',
  scope: 'cluster',
  policy: check,
  resource: checkVendor,
};

const base = documents(
  policyNamed(
    'cache',
    'shop',
    'podSelector: {matchLabels: {app: cache}}\npolicyTypes: [Ingress]\ningress:\n  - from: [{namespaceSelector: {}}]\n    ports:\n      - port: 6379',
  ),
  deployment('cache', 'shop', '{containerPort: 6379}'),
);

export const page: RulePage = {
  why: 'Redis trusts its network: whoever reaches port 6379 reads and writes everything, and a policy that opens it to all namespaces opens it to the least guarded pod of the cluster.',
  fix: 'Name the peers that need the port. There is no quick fix: nobody but you knows them.',
  ignore: 'Where the service asks for credentials and is meant for everyone, such as a shared database.',
  source: 'https://www.iana.org/assignments/service-names-port-numbers',
  examples: [{ bad: flagged(base, '6379', 'Opens TCP 6379 (Redis) of Deployment cache to every namespace') }],
  good: [
    base.replace('port: 6379', 'port: 1024\n          endPort: 65535'),
    base.replace('namespaceSelector: {}', 'podSelector: {}'),
    base.replaceAll('6379', '8080'),
  ],
};
