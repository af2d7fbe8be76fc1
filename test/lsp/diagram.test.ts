import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Diagram } from '../../server/src/protocol.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server.stop());

const ask = (uri: string) => server.connection.sendRequest<Diagram | null>('netpol/diagram', { uri });

const workload = (name: string, namespace = 'shop') =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${JSON.stringify(name)}\n  namespace: ${namespace}\n  labels:\n    app: ${JSON.stringify(name.slice(0, 60))}\nspec:\n  containers:\n    - name: c\n      image: i\n`;
const policy =
  'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  podSelector:\n    matchLabels:\n      app: web\n  policyTypes:\n    - Ingress\n  ingress:\n    - from:\n        - podSelector:\n            matchLabels:\n              app: shop\n      ports:\n        - port: 8080\n';

test('the picture of an open file, and of what it becomes', async () => {
  const uri = 'file:///a/shop.yaml';
  await server.open(uri, [workload('web'), workload('shop'), policy].join('---\n'));
  const first = await ask(uri);
  expect(first).toMatchObject({ title: 'Traffic around shop.yaml' });
  expect(first?.svg).toContain('Pod web, ingress by rules, egress open to all');
  expect(first?.svg).toContain('8080');
  expect(first?.spots?.map(({ says, places }) => [says, places.map(({ name, line }) => `${line}: ${name}`)])).toEqual([
    ['Pod web, ingress by rules, egress open to all', ['3: Pod web']],
    ['Pod shop, ingress open to all, egress open to all', ['15: Pod shop']],
    ['shop to web, TCP 8080', ['36: Ingress rule 1 of NetworkPolicy shop/web']],
  ]);

  await server.change(uri, 2, [{ text: [workload('web'), workload('shop'), policy.replace('8080', '9090')].join('---\n') }]);
  expect((await ask(uri))?.svg).toContain('9090');

  // Nothing new while the text does not parse: what is shown stays.
  await server.change(uri, 3, [{ text: `${[workload('web'), policy].join('---\n')}---\na: "b\n` }]);
  expect(await ask(uri)).toBeNull();
});

test('without workloads, for a file that is not open, and for too many, it says why', async () => {
  expect(await ask('file:///nowhere.yaml')).toBeNull();
  await server.open('file:///alone/policy.yaml', policy);
  expect((await ask('file:///alone/policy.yaml'))?.reason).toContain('No workload is in sight');
  await server.open('file:///many/pods.yaml', Array.from({ length: 200 }, (_, i) => workload(`pod-${i}`) + '---\n').join('') + policy);
  const many = await ask('file:///many/pods.yaml');
  expect(many).toMatchObject({ reason: expect.stringMatching(/too many for a picture/) });
  expect(many?.svg).toBeUndefined();
});

test('names of manifests are text in the picture', async () => {
  const uri = 'file:///hostile/pods.yaml';
  await server.open(uri, [workload('</text><script>alert(1)</script>'), workload(`"onload="x\u202e${'y'.repeat(10_000)}`), policy].join('---\n'));
  const { svg = '' } = (await ask(uri)) ?? {};
  expect(svg).toContain('&lt;script&gt;');
  expect(svg).not.toContain('<script');
  expect(svg).not.toContain('"onload');
});
