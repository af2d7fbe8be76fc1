import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { pillOf } from '../../server/src/diagram/geometry.ts';
import { layoutOf } from '../../server/src/diagram/layout.ts';
import { type Scene, sceneOf } from '../../server/src/diagram/scene.ts';
import { svgOf } from '../../server/src/diagram/svg.ts';
import { dotOf, mermaidOf, tableOf } from '../../server/src/diagram/texts.ts';
import { adminPolicyWith, deployment, documents, namespaceNamed, policyNamed } from '../../server/src/rules/examples.ts';
import { calicoWith, ciliumWith } from '../../server/src/rules/vendor.ts';
import { connectivityOf } from '../support/manifestCluster.ts';

const example = (name: string): Scene =>
  sceneOf(
    connectivityOf(
      readdirSync(`examples/${name}`)
        .filter((file) => file !== 'kustomization.yaml')
        .map((file) => readFileSync(`examples/${name}/${file}`, 'utf8'))
        .join('\n---\n'),
    ),
  );
const scene = (...manifests: readonly string[]): Scene => sceneOf(connectivityOf(documents(...manifests)));

/** "from -> to: ports (kind)" by the names of the nodes. */
function flows({ nodes, edges }: Scene): readonly string[] {
  const name = (id: string) => nodes.find((node) => node.id === id)?.name ?? id;
  return edges
    .map(
      ({ from, to, ports, is, refusedAt }) =>
        `${name(from)} -> ${name(to)}: ${ports}${is === 'allowed' ? '' : ` (${is}${refusedAt ? ` ${refusedAt}` : ''})`}`,
    )
    .sort();
}
const gates = ({ nodes }: Scene) => nodes.flatMap(({ name, gates: own }) => (own ? [`${name}: ${own.ingress} | ${own.egress}`] : [])).sort();

describe('the scene of the example', () => {
  test('as it should be: the picture that it was drawn from', () => {
    const fixed = example('fixed');
    expect(flows(fixed)).toEqual([
      'backend -> kube-dns: TCP 53, UDP 53 (potential)',
      'frontend -> backend: TCP 8080',
      'frontend -> kube-dns: TCP 53, UDP 53 (potential)',
      'ingress-controller -> frontend: TCP 8443',
      'ingress-controller -> kube-dns: TCP 53, UDP 53 (potential)',
      'internet -> ingress-controller: TCP 443',
    ]);
    expect(gates(fixed)).toEqual([
      'backend: restricted | restricted',
      'frontend: restricted | restricted',
      'ingress-controller: restricted | restricted',
    ]);
    expect(fixed.namespaces).toEqual([
      { name: 'app-namespace', assumed: false, open: [] },
      { name: 'ingress-namespace', assumed: false, open: [] },
      { name: 'kube-system', assumed: true, open: [] },
    ]);
  });

  test('broken: what is wrong shows', () => {
    const broken = example('broken');
    expect(flows(broken)).toEqual([
      'any other pod -> frontend: TCP 8443 (potential)',
      'app=ingress-controller -> frontend: TCP 8443 (potential)',
      'frontend -> backend: TCP 8080',
      'frontend -> kube-dns: TCP 53, UDP 53 (refused from)',
      'ingress-controller -> frontend: TCP 8443',
      'ingress-controller -> kube-dns: TCP 53, UDP 53 (refused from)',
      'internet -> ingress-controller: every port',
    ]);
    expect(gates(broken)).toContain('backend: restricted | open');
    expect(broken.namespaces.every(({ assumed, open }) => assumed || open.length === 2)).toBe(true);
  });
});

describe('a scene', () => {
  const dns = '\n  - ports: [{port: 53, protocol: UDP}, {port: 53}]';
  const toDb = policyNamed(
    'web',
    'shop',
    `podSelector: {matchLabels: {app: web}}\npolicyTypes: [Egress]\negress:${dns}\n  - to: [{podSelector: {matchLabels: {app: db}}}]\n    ports: [{port: 5432}]`,
  );

  test('shows a flow that one side refuses, at the side that does', () => {
    const found = scene(
      deployment('web', 'shop'),
      deployment('db', 'shop', '{containerPort: 5432}'),
      toDb,
      policyNamed('db', 'shop', 'podSelector: {matchLabels: {app: db}}\npolicyTypes: [Ingress]'),
    );
    expect(flows(found)).toContain('web -> db: TCP 5432 (refused to)');
    expect(gates(found)).toEqual(['db: denied | open', 'web: open | restricted']);
  });

  const coredns = deployment('coredns', 'kube-system').replace('app: coredns\n', 'k8s-app: kube-dns\n');

  test('shows what is denied to a pod that is open, and that it is', () => {
    const denied = adminPolicyWith(
      "subject:\n  namespaces: {}\npriority: 1\ningress:\n  - action: Deny\n    from: [{namespaces: {matchLabels: {team: guest}}}]\negress:\n  - action: Deny\n    to: [{networks: ['169.254.169.254/32']}]\n  - action: Deny\n    to: [{namespaces: {matchLabels: {team: gone}}}]",
    );
    const found = scene(namespaceNamed('guest', 'team: guest'), deployment('visitor', 'guest'), deployment('web', 'shop'), coredns, denied);
    expect(flows(found).filter((flow) => flow.includes('web'))).toEqual([
      'everyone -> web: every port',
      'visitor -> web: every port (refused to)',
      'web -> 169.254.169.254/32: every port (refused from)',
      'web -> any pod: every port (refused from)',
      'web -> everyone: every port',
    ]);
  });

  test('shows a denial of many as one of them all', () => {
    const denied = adminPolicyWith(
      'subject: {namespaces: {matchLabels: {kubernetes.io/metadata.name: shop}}}\npriority: 1\ningress:\n  - action: Deny\n    from: [{namespaces: {}}]',
    );
    const around = (count: number) =>
      flows(scene(deployment('web', 'shop'), ...Array.from({ length: count }, (_, i) => deployment(`p${i}`, 'guest')), denied));
    expect(around(8)).toHaveLength(9);
    expect(around(9)).toEqual(['any other pod -> web: every port (refused to)', 'everyone -> web: every port']);
  });

  test('shows that the cluster’s DNS cannot be asked, at its workload where that is known', () => {
    const web = policyNamed('web', 'shop', 'podSelector: {}\npolicyTypes: [Egress]\negress:\n  - to: [{podSelector: {}}]\n    ports: [{port: 80}]');
    expect(flows(scene(deployment('web', 'shop'), web))).toEqual(['web -> kube-dns: TCP 53, UDP 53 (refused from)']);
    expect(flows(scene(deployment('web', 'shop'), web, coredns))).toEqual(['web -> coredns: TCP 53, UDP 53 (refused from)']);
  });

  test('draws a rule for everyone to the workloads that have a port of its name', () => {
    const named = policyNamed('web', 'shop', 'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Egress]\negress:\n  - ports: [{port: pg}]');
    const found = scene(deployment('web', 'shop'), deployment('db', 'shop', '{name: pg, containerPort: 5432}'), coredns, named);
    expect(flows(found)).toEqual(['web -> coredns: TCP 53, UDP 53 (refused from)', 'web -> db: TCP 5432']);
  });

  test('draws a rule of Calico for the pods alone that it holds for', () => {
    const some = calicoWith(
      "selector: all()\ntypes: [Ingress]\ningress:\n  - {action: Allow, source: {selector: app == 'web'}, destination: {selector: app == 'db'}}",
    );
    const found = scene(...['web', 'db', 'api'].map((name) => deployment(name, 'shop')), some);
    expect(flows(found)).toEqual(['web -> db: every port']);
    expect(gates(found)).toEqual(['api: denied | open', 'db: restricted | open', 'web: denied | open']);
  });

  test('shows what a tier of Calico leaves to the next, and no more', () => {
    const tier = (name: string, order: number) =>
      `apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata: {name: ${name}}\nspec: {order: ${order}}\n`;
    const policy = (name: string, rules: string) =>
      `apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: ${name}.own, namespace: shop}\nspec: {tier: ${name}, selector: app == 'db', types: [Ingress], ingress: [${rules}]}\n`;
    const passed = policy('first', '{action: Pass, source: {nets: [10.0.0.0/8]}}');
    const found = (then: string) =>
      scene(deployment('db', 'shop'), tier('first', 1), tier('second', 2), passed, then === '' ? '' : policy('second', then));
    expect(flows(found(''))).toEqual(['10.0.0.0/8 -> db: every port']);
    expect(flows(found('{action: Allow}'))).toEqual(['10.0.0.0/8 -> db: every port', 'everyone -> db: every port']);
    expect(flows(found('{action: Deny}'))).toEqual([]);
    expect(gates(found('{action: Allow}'))).toEqual(['db: restricted | open']);
  });

  test('folds workloads that nothing tells apart, and draws no arrow between open gates', () => {
    const twin = deployment('web', 'shop').replace('name: web\n  namespace', 'name: web-2\n  namespace');
    const found = scene(deployment('web', 'shop'), twin, deployment('db', 'shop'));
    expect(found.nodes.map(({ name, folded, pods }) => [name, folded, pods])).toEqual([
      ['web', 1, '2 pods'],
      ['db', 0, '1 pod'],
    ]);
    expect(found.edges).toEqual([]);
  });

  test('has ranges outside at both sides, everyone where a rule names nobody', () => {
    const found = scene(
      namespaceNamed('shop'),
      deployment('web', 'shop'),
      policyNamed(
        'web',
        'shop',
        `podSelector: {}\ningress:\n  - ports: [{port: 80}]\n  - from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]\negress:${dns}\n  - to: [{ipBlock: {cidr: 10.0.0.0/8}}]\n    ports: [{port: 443}]`,
      ),
    );
    expect(flows(found)).toEqual([
      '10.0.0.0/8 -> web: every port',
      'everyone -> web: TCP 80',
      'web -> 10.0.0.0/8: TCP 443',
      'web -> everyone: TCP 53, UDP 53',
    ]);
  });
});

describe('drawn', () => {
  const hostile = scene(
    deployment('web', 'shop').replace('app: web\n    spec', `app: '<img src=x onerror="alert(1)">&\\'\n    spec`).replace("\\'", "''"),
    policyNamed(
      'p',
      'shop',
      "podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from: [{podSelector: {matchLabels: {app: '</text><script>alert(1)</script>'}}}]",
    ),
  );

  test('as SVG: everything has its place, and nothing of a manifest is markup', async () => {
    for (const one of [example('fixed'), example('broken'), hostile]) {
      const layout = await layoutOf(one);
      expect([layout.frames.length, layout.cards.length, layout.arrows.length]).toEqual([one.namespaces.length, one.nodes.length, one.edges.length]);
      for (const { x, y, width, height } of [...layout.frames, ...layout.cards]) {
        expect(x >= 0 && y >= 0 && x + width <= layout.width && y + height <= layout.height).toBe(true);
      }
      const svg = svgOf(layout, 'Traffic <of> "all"');
      expect(svg).not.toMatch(/<script|<img|onerror="/);
      expect(svg.match(/<g[ >]/g)?.length).toBe(svg.match(/<\/g>/g)?.length);
      expect(svg).not.toContain('NaN');
    }
  });

  test('as SVG: arrows end at the gates that they lead to', async () => {
    const fixed = example('fixed');
    const layout = await layoutOf(fixed);
    for (const { edge, path } of layout.arrows) {
      const [from, to] = [edge.from, edge.to].map((id) => layout.cards.find(({ node }) => node.id === id));
      const [start, end] = [path[0], path.at(-1)];
      if (!from || !to || !start || !end) throw new Error('An arrow leads nowhere.');
      expect(Math.abs(start.x - (from.x + from.width))).toBeLessThan(2);
      if (to.node.kind === 'DNS') expect(Math.abs(end.y - to.y)).toBeLessThan(2);
      else expect(Math.abs(end.x - to.x)).toBeLessThan(4);
    }
  });

  test('as SVG: labels cover no card and no other label', async () => {
    const addresses = policyNamed(
      'probe',
      'shop',
      'podSelector: {}\npolicyTypes: [Ingress, Egress]\ningress:\n  - from: [{ipBlock: {cidr: 192.0.2.0/24}}, {podSelector: {}}]\n    ports: [{port: 9999}]\negress:\n  - to: [{podSelector: {}}]\n  - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}]\n    ports: [{port: 53, protocol: UDP}]',
    );
    for (const one of [
      example('fixed'),
      example('broken'),
      scene(deployment('web', 'shop'), deployment('db', 'shop'), deployment('queue', 'shop'), addresses),
    ]) {
      const { cards, arrows } = await layoutOf(one);
      const boxes = [...cards, ...arrows.map(pillOf)];
      const pairs = boxes.flatMap((a, i) => boxes.slice(i + 1).map((b) => [a, b] as const));
      for (const [a, b] of pairs) expect(a.x >= b.x + b.width || b.x >= a.x + a.width || a.y >= b.y + b.height || b.y >= a.y + a.height).toBe(true);
    }
  });

  test('as Mermaid', () => {
    const text = mermaidOf(example('broken'));
    expect(text).toContain('flowchart LR\n  subgraph g0["');
    expect(text).toMatch(/n\d+ --x\|"TCP 53, UDP 53 refused"\| n\d+/);
    expect(text).toMatch(/n\d+ -\.->\|"TCP 8443"\| n\d+/);
    expect(mermaidOf(hostile)).not.toMatch(/<script|<img/);
  });

  test('as Graphviz and as a table', () => {
    expect(dotOf(example('fixed'))).toMatch(/^digraph netpol \{[\s\S]*style=dashed[\s\S]*\}\n$/);
    expect(tableOf(example('broken'))).toContain(
      '| app-namespace/frontend | kube-system/kube-dns | TCP 53, UDP 53 | refused by app-namespace/frontend |\n',
    );
  });
});

describe('policies of Cilium and Calico', () => {
  const pods = [deployment('web', 'shop', '{containerPort: 80}'), deployment('client', 'shop')];

  test('requests and names in DNS', () => {
    const policy = ciliumWith(
      'endpointSelector: {matchLabels: {app: web}}\ningress:\n  - fromEndpoints: [{matchLabels: {app: client}}]\n    toPorts:\n      - ports: [{port: "80", protocol: TCP}]\n        rules: {http: [{method: GET, path: /public}]}\negress:\n  - toFQDNs: [{matchName: api.example.com}]\n    toPorts: [{ports: [{port: "443", protocol: TCP}]}]\n  - toEntities: [kube-apiserver]\n  - toPorts: [{ports: [{port: "53", protocol: UDP}]}]',
    );
    const drawn = flows(scene(...pods, policy));
    expect(drawn).toContain('client -> web: TCP 80: HTTP GET /public');
    expect(drawn).toContain('web -> api.example.com: TCP 443');
    expect(drawn).toContain('web -> kube-apiserver: every port');
    expect(mermaidOf(scene(...pods, policy))).toContain('HTTP GET /public');
  });

  test('a rule that lets all of a port in takes the requests away', () => {
    const policy = ciliumWith(
      'endpointSelector: {matchLabels: {app: web}}\ningress:\n  - toPorts:\n      - ports: [{port: "80", protocol: TCP}]\n        rules: {http: [{method: GET}]}\n    fromEndpoints: [{}]\n  - fromEndpoints: [{matchLabels: {app: client}}]',
    );
    expect(flows(scene(...pods, policy))).toContain('client -> web: every port');
  });

  test('what a denial takes away is refused where it stands', () => {
    const policy = ciliumWith(
      'endpointSelector: {matchLabels: {app: web}}\ningress:\n  - fromEndpoints: [{}]\n  - fromCIDR: [192.0.2.0/24]\ningressDeny:\n  - fromEndpoints: [{matchLabels: {app: client}}]\n  - fromCIDR: [192.0.2.0/24]',
    );
    expect(flows(scene(...pods, policy))).toEqual(['192.0.2.0/24 -> web: every port (refused to)', 'client -> web: every port (refused to)']);
  });

  test('of Calico, what an earlier rule denies is not drawn as allowed', () => {
    const policy = calicoWith(
      "selector: app == 'web'\ntypes: [Ingress]\ningress:\n  - action: Deny\n    source: {selector: app == 'client'}\n  - action: Allow\n    source: {selector: all()}",
    );
    expect(flows(scene(...pods, policy))).toContain('client -> web: every port (refused to)');
  });
});
