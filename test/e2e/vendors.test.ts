import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { adminPolicyWith, deployment, documents, namespaceNamed, service } from '../../server/src/rules/examples.ts';
import { Editor } from './editor.ts';

/** A policy of each kind of Cilium and Calico in the real editor. */
const cilium = (kind: string, spec: string, namespace = '\n  namespace: shop') =>
  `apiVersion: cilium.io/v2\nkind: ${kind}\nmetadata:\n  name: guide${namespace}\nspec:\n${spec}`;
const calico = (kind: string, spec: string, namespace = '\n  namespace: shop') =>
  `apiVersion: projectcalico.org/v3\nkind: ${kind}\nmetadata:\n  name: guide${namespace}\nspec:\n${spec}`;

const files = {
  'cilium/pods.yaml': documents(deployment('web', 'shop', '{containerPort: 8080}'), deployment('client', 'shop')),
  'cilium/policy.yaml': cilium(
    'CiliumNetworkPolicy',
    '  endpointSelector:\n    matchLabels:\n      app: web\n  ingress:\n    - fromEndpoints:\n        - matchLabels:\n            app: client\n      toPorts:\n        - ports:\n            - port: "8080"\n              protocol: TCP\n          rules:\n            http:\n              - method: GET\n                path: /public\n  egress:\n    - toFQDNs:\n        - matchName: api.example.com\n      toPorts:\n        - ports:\n            - port: "443"\n              protocol: TCP\n',
  ),
  'cilium/wide.yaml': cilium('CiliumClusterwideNetworkPolicy', '  endpointSelector: {}\n  ingress:\n    - {}\n', ''),
  'cilium/group.yaml': cilium('CiliumCIDRGroup', '  externalCIDRs:\n    - 192.0.2.0/24\n', ''),
  // A cluster of its own.
  'names/kustomization.yaml': 'resources: [pods.yaml, policy.yaml]\n',
  'names/pods.yaml': documents(deployment('web', 'shop', '{containerPort: 8080}'), deployment('db', 'shop', '{containerPort: 5432}')),
  'names/policy.yaml': cilium(
    'CiliumNetworkPolicy',
    '  endpointSelector:\n    matchLabels:\n      app: web\n  egress:\n    - toEndpoints:\n        - matchLabels:\n            app: db\n',
  ),
  // Another.
  'elsewhere/kustomization.yaml': 'resources: [pods.yaml, policy.yaml]\n',
  'elsewhere/pods.yaml': documents(deployment('web', 'shop', '{containerPort: 8080}'), deployment('prometheus', 'monitoring')),
  'elsewhere/policy.yaml': calico(
    'NetworkPolicy',
    "  selector: app == 'web'\n  types:\n    - Ingress\n  ingress:\n    - action: Allow\n      protocol: TCP\n      source:\n        selector: app == 'prometheus'\n      destination:\n        ports:\n          - 8080\n",
  ),
  // Another.
  'between/kustomization.yaml': 'resources: [pods.yaml, policies.yaml]\n',
  'between/pods.yaml': documents(deployment('web', 'shop'), deployment('api', 'shop'), deployment('db', 'shop', '{containerPort: 5432}')),
  'between/policies.yaml': documents(
    cilium(
      'CiliumNetworkPolicy',
      '  endpointSelector:\n    matchLabels:\n      app: web\n  egress:\n    - toEntities: [kube-apiserver]\n    - toEndpoints:\n        - matchLabels:\n            app: db\n',
    ),
    cilium(
      'CiliumNetworkPolicy',
      '  endpointSelector:\n    matchLabels:\n      app: db\n  ingress:\n    - fromEndpoints:\n        - matchLabels:\n            app: api\n',
    ).replace('name: guide', 'name: db'),
  ),
  // Another.
  'resolvers/kustomization.yaml': 'resources: [policy.yaml]\n',
  'resolvers/policy.yaml': calico(
    'NetworkPolicy',
    "  selector: all()\n  types:\n    - Egress\n  egress:\n    - action: Allow\n      protocol: UDP\n      destination:\n        selector: k8s-app == 'kube-dns'\n        namespaceSelector: projectcalico.org/name == 'kube-system'\n        ports:\n          - 53\n    - action: Deny\n",
  ),
  // Another.
  'behind/kustomization.yaml': 'resources: [pods.yaml, policy.yaml]\n',
  'behind/pods.yaml': documents(
    deployment('web', 'shop', '{name: http, containerPort: 8080}'),
    deployment('client', 'shop', '{containerPort: 9000}'),
    service('web', 'shop', '{port: 80, targetPort: http}'),
  ),
  'behind/policy.yaml': cilium(
    'CiliumNetworkPolicy',
    '  endpointSelector:\n    matchLabels:\n      app: web\n  ingress:\n    - fromEndpoints:\n        - matchLabels:\n            app: client\n      toPorts:\n        - ports:\n            - port: "80"\n              protocol: TCP\n',
  ),
  // Another.
  'admin/kustomization.yaml': 'resources: [pods.yaml, policy.yaml]\n',
  'admin/pods.yaml': documents(namespaceNamed('guest', 'team: guest'), deployment('web', 'shop'), deployment('visitor', 'guest')),
  'admin/policy.yaml': adminPolicyWith(
    'subject:\n  namespaces: {}\npriority: 1\ningress:\n  - action: Deny\n    from:\n      - namespaces:\n          matchLabels:\n            team: guest\n',
  ),
  'calico/pods.yaml': documents(deployment('web', 'shop', '{containerPort: 8080}'), deployment('client', 'shop')),
  'calico/policy.yaml': calico(
    'NetworkPolicy',
    "  order: 10\n  selector: app = 'web'\n  types:\n    - Ingress\n  ingress:\n    - action: Allow\n      protocol: TCP\n      source:\n        selector: app == 'client'\n      destination:\n        ports:\n          - 8080\n",
  ),
  'calico/global.yaml': calico('GlobalNetworkPolicy', "  namespaceSelector: projectcalico.org/name != 'kube-system'\n  types:\n    - Ingress\n", ''),
  'calico/staged.yaml': calico('StagedNetworkPolicy', '  selector: all()\n  types:\n    - Ingress\n'),
  'calico/stagedglobal.yaml': calico('StagedGlobalNetworkPolicy', '  selector: all()\n  types:\n    - Egress\n', ''),
  // As Calico itself stores it, and as manifests of old have it.
  'calico/stored.yaml': calico('GlobalNetworkPolicy', "  selector: app == 'web'\n  types:\n    - Ingress\n", '').replace(
    'projectcalico.org/v3',
    'crd.projectcalico.org/v1',
  ),
  'calico/tier.yaml': calico('Tier', '  order: 100\n', ''),
  'calico/set.yaml': calico('NetworkSet', '  nets:\n    - 192.0.2.0/24\n'),
  'calico/globalset.yaml': calico('GlobalNetworkSet', '  nets:\n    - 198.51.100.0/24\n', ''),
};

let editor: Editor;
beforeAll(async () => {
  editor = await Editor.start({ settings: { 'files.autoSave': 'off' }, files });
});
afterAll(() => editor?.stop());
beforeEach(({ task, onTestFailed }) => onTestFailed(() => editor.screenshot(`failed: ${task.name}`)));

test.each([
  [
    'cilium/policy.yaml',
    'CiliumNetworkPolicy',
    ['Selects pods labelled app=web of namespace shop.', 'and of that only HTTP GET /public', 'Enforced by Cilium alone', 'Cilium documentation'],
  ],
  ['cilium/wide.yaml', 'CiliumClusterwideNetworkPolicy', ['Selects every pod of every namespace.', 'In: nothing.']],
  ['cilium/group.yaml', 'CiliumCIDRGroup', ['Stands for 192.0.2.0/24.', 'by its name or its labels']],
  [
    'calico/global.yaml',
    'GlobalNetworkPolicy',
    ['what no rule of tier default matches is denied', 'Enforced by Calico alone', 'Calico documentation'],
  ],
  ['calico/staged.yaml', 'StagedNetworkPolicy', ['Not enforced: staged.']],
  ['calico/stagedglobal.yaml', 'StagedGlobalNetworkPolicy', ['Not enforced: staged. As a GlobalNetworkPolicy', 'Out: nothing']],
  ['calico/stored.yaml', 'GlobalNetworkPolicy', ['Selects pods labelled app=web of every namespace.']],
  ['calico/tier.yaml', 'Tier', ['Its policies are asked at 100']],
  ['calico/set.yaml', 'NetworkSet', ['Stands for 192.0.2.0/24.']],
  ['calico/globalset.yaml', 'GlobalNetworkSet', ['Stands for 198.51.100.0/24.']],
] as const)('%s: a hover says what a %s means', async (file, kind, says) => {
  await editor.open(file);
  await editor.goto(1, 1);
  // What stood under the pointer in the file before has no say.
  await editor.page.mouse.move(2, 2);
  const text = (await editor.hover(editor.word(kind).first(), says[0])).replace(/\s+/g, ' ');
  for (const part of says) expect(text).toContain(part);
  if (kind === 'CiliumNetworkPolicy') await editor.screenshot('cilium-hover');
});

test('the picture shows requests and names', async () => {
  await editor.open('cilium/policy.yaml');
  await editor.command('Netpol: Show Traffic Diagram');
  const frame = editor.page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
  await frame.getByText('HTTP GET /public').first().waitFor({ timeout: 60_000 });
  expect(await frame.getByText('api.example.com').count()).toBeGreaterThan(0);
  await editor.page.mouse.move(600, 700);
  await editor.screenshot('cilium-diagram');
  await editor.command('View: Close All Editors');
});

test('a mistake inside of a selector is underlined at its character, and mended', async () => {
  await editor.open('calico/policy.yaml');
  await editor.squiggle().first().waitFor({ timeout: 60_000 });
  // Under the sign, not under the whole selector; lines are drawn anew when hints come in.
  await expect
    .poll(
      async () => {
        const [squiggle, word] = [await editor.squiggle().first().boundingBox(), await editor.word('selector').first().boundingBox()];
        return squiggle && word && squiggle.width < word.width;
      },
      { timeout: 20_000 },
    )
    .toBe(true);
  await editor.screenshot('calico-selector');
  await editor.goto(8, 17);
  const action = await editor.action('Write ==');
  await action.click();
  await editor.squiggle().first().waitFor({ state: 'detached' });
  await editor.save();
  expect(readFileSync(join(editor.folder, 'calico/policy.yaml'), 'utf8')).toContain("selector: app == 'web'");
});

test('DNS that a policy of Cilium forgets is told, and let out by its fix', async () => {
  await editor.open('names/policy.yaml');
  await editor.squiggle('warning').first().waitFor({ timeout: 60_000 });
  await editor.goto(10, 4);
  const action = await editor.action('Let DNS out by a rule of this policy');
  await editor.screenshot('cilium-dns');
  await action.click();
  await editor.squiggle('warning').first().waitFor({ state: 'detached' });
  await editor.save();
  expect(readFileSync(join(editor.folder, 'names/policy.yaml'), 'utf8')).toContain('k8s:k8s-app: kube-dns\n      toPorts:\n');
});

test('DNS that Calico lets out over UDP alone is told, and gets a rule for TCP before what denies the rest', async () => {
  await editor.open('resolvers/policy.yaml');
  await editor.squiggle('info').first().waitFor({ timeout: 60_000 });
  await editor.goto(17, 13);
  const action = await editor.action('Add TCP 53');
  await editor.screenshot('calico-dns-over-tcp');
  await action.click();
  await editor.squiggle('info').first().waitFor({ state: 'detached' });
  await editor.save();
  const rule = (protocol: string) =>
    `    - action: Allow\n      protocol: ${protocol}\n      destination:\n        selector: k8s-app == 'kube-dns'\n        namespaceSelector: projectcalico.org/name == 'kube-system'\n        ports:\n          - 53\n`;
  expect(readFileSync(join(editor.folder, 'resolvers/policy.yaml'), 'utf8')).toContain(`${rule('UDP')}${rule('TCP')}    - action: Deny\n`);
});

test('a flow that Cilium lets out and not in gets its rule on the other side', async () => {
  await editor.open('between/policies.yaml');
  await editor.squiggle('warning').first().waitFor({ timeout: 60_000 });
  await editor.goto(12, 8);
  const action = await editor.action('Add the ingress rule to policy db of Deployment db');
  await editor.screenshot('cilium-other-side');
  await action.click();
  await editor.squiggle('warning').nth(1).waitFor({ state: 'detached' });
  await editor.save();
  expect(readFileSync(join(editor.folder, 'between/policies.yaml'), 'utf8')).toContain(
    '            app: api\n    - fromEndpoints:\n        - matchLabels:\n            app: web\n',
  );
});

test('the port of a Service in a policy of Cilium is told, and the port behind it written', async () => {
  await editor.open('behind/policy.yaml');
  await editor.squiggle('warning').first().waitFor({ timeout: 60_000 });
  await editor.goto(16, 23);
  const action = await editor.action('Write the target port http');
  await editor.screenshot('cilium-service-port');
  await action.click();
  await editor.squiggle('warning').first().waitFor({ state: 'detached' });
  await editor.save();
  expect(readFileSync(join(editor.folder, 'behind/policy.yaml'), 'utf8')).toContain('            - port: "http"\n');
  await editor.page.mouse.move(2, 2);
  const text = await editor.hover(editor.word('"http"').first(), 'Container port');
  expect(text.replace(/\s+/g, ' ')).toContain('Container port http, TCP 8080 of Deployment web.');
  await editor.screenshot('cilium-port');
});

test('a workload’s hover tells of names in DNS that it may reach', async () => {
  await editor.open('cilium/pods.yaml');
  await editor.page.mouse.move(2, 2);
  const text = (await editor.hover(editor.word('Deployment').first(), 'Selected by')).replace(/\s+/g, ' ');
  expect(text).toContain('Out: isolated; to whom the workspace does not hold, api.example.com (TCP 443).');
  await editor.screenshot('workload-hover');
});

test('a selector of Calico that means pods of another namespace gets its namespace', async () => {
  await editor.open('elsewhere/policy.yaml');
  await editor.squiggle('warning').first().waitFor({ timeout: 60_000 });
  await editor.goto(14, 22);
  const action = await editor.action('Add a namespaceSelector for monitoring');
  await editor.screenshot('calico-namespace');
  await action.click();
  await editor.squiggle('warning').first().waitFor({ state: 'detached' });
  await editor.save();
  expect(readFileSync(join(editor.folder, 'elsewhere/policy.yaml'), 'utf8')).toContain(
    "        selector: app == 'prometheus'\n        namespaceSelector: projectcalico.org/name == 'monitoring'\n",
  );
});

test('a policy is converted to another language', async () => {
  await editor.open('calico/policy.yaml');
  await editor.goto(2, 8);
  const action = await editor.action('Convert to CiliumNetworkPolicy', () => editor.command('Refactor...'));
  await editor.screenshot('convert');
  await action.click();
  await editor.save();
  const text = readFileSync(join(editor.folder, 'calico/policy.yaml'), 'utf8');
  expect(text).toContain('kind: CiliumNetworkPolicy');
  expect(text).toContain('fromEndpoints:');
});

test('a policy of an administrator says whom it means now', async () => {
  await editor.open('admin/policy.yaml');
  await editor.page.locator('.codelens-decoration', { hasText: '2 pods · denies in from 1 workload' }).waitFor({ timeout: 30_000 });
  const text = await editor.hover(editor.word('guest').first(), 'Now:');
  expect(text).toContain('Now: 1 pod of guest (Deployment visitor).');
  await editor.screenshot('admin-policy');
});
