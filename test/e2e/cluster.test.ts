import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Editor } from './editor.ts';

let editor: Editor;
beforeAll(async () => {
  editor = await Editor.start({
    settings: { 'files.autoSave': 'off' },
    files: {
      'cluster/main.tf': 'resource "azurerm_kubernetes_cluster" "this" {\n  network_profile {\n    network_policy = "azure"\n  }\n}\n',
      'cluster/.netpol.yaml': 'rules:\n  posture: off\n',
      'cluster/web.yaml':
        'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  podSelector:\n    matchLabels:\n      app: wbe\n  policyTypes:\n    - Ingress\n  ingress:\n    - from:\n        - ipBlock:\n            cidr: 2001:db8::/32\n      ports:\n        - port: 8080\n',
      'patched/base/kustomization.yaml': 'resources: [web.yaml, policy.yaml]\n',
      'patched/base/web.yaml':
        'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    metadata:\n      labels:\n        app: web\n    spec:\n      containers:\n        - name: web\n',
      'patched/base/policy.yaml':
        'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\nspec:\n  podSelector:\n    matchLabels:\n      app: frontend\n  policyTypes:\n    - Ingress\n',
      'patched/base/forgotten.yaml':
        'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: forgotten\nspec:\n  podSelector: {}\n  policyTypes:\n    - Ingress\n    - Egress\n',
      'patched/prod/kustomization.yaml': 'namespace: shop\nresources:\n  - ../base\npatches:\n  - path: replicas.yaml\n  - path: selector.yaml\n',
      'patched/prod/replicas.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 3\n',
      'patched/prod/selector.yaml':
        'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\nspec:\n  podSelector:\n    matchLabels:\n      app: web\n',
      'gitops/flux/store.yaml':
        'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: store\n  namespace: flux-system\nspec:\n  path: ./gitops/store\n  targetNamespace: store\n',
      'gitops/store/web.yaml':
        'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    metadata:\n      labels:\n        app: web\n    spec:\n      containers:\n        - name: web\n',
      'gitops/store/policy.yaml':
        'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\nspec:\n  podSelector:\n    matchLabels:\n      app: web\n  policyTypes:\n    - Ingress\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: ${tenant}\nspec:\n  podSelector:\n    matchLabels:\n      tenant: ${tenant}\n  policyTypes:\n    - Ingress\n  ingress:\n    - from:\n        - ipBlock:\n            cidr: ${range:=10.0.0.0/8}\n',
      'platform/kustomization.yaml': 'resources: [release.yaml, namespace.yaml, web.yaml, policy.yaml]\n',
      'platform/release.yaml':
        'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: prometheus\n  namespace: flux-system\nspec:\n  targetNamespace: monitoring\n',
      'platform/namespace.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: blog\n',
      'platform/web.yaml':
        'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: blog\nspec:\n  template:\n    metadata:\n      labels:\n        app: web\n    spec:\n      containers:\n        - name: web\n          ports:\n            - name: http\n              containerPort: 8080\n',
      'platform/policy.yaml':
        'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\n  namespace: blog\nspec:\n  podSelector:\n    matchLabels:\n      app: web\n  policyTypes:\n    - Ingress\n  ingress:\n    - from:\n        - namespaceSelector:\n            matchLabels:\n              kubernetes.io/metadata.name: monitorng\n          podSelector:\n            matchLabels:\n              app: prometheus\n      ports:\n        - port: metrics\n',
      'cluster/workloads.yaml':
        'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  template:\n    metadata:\n      labels:\n        app: web\n    spec:\n      containers:\n        - name: web\n          ports:\n            - containerPort: 8080\n',
    },
  });
});
afterAll(() => editor?.stop());
beforeEach(({ task, onTestFailed }) => onTestFailed(() => editor.screenshot(`failed: ${task.name}`)));

const policies = 'broken/network-policies.yaml';
const onDisk = (file: string) => readFileSync(join(editor.folder, file), 'utf8');
const problem = (text: string) => editor.page.locator('.markers-panel .monaco-list-row', { hasText: text });

async function quickFix(title: string): Promise<void> {
  const action = await editor.action(title);
  await editor.screenshot(title);
  await action.click();
}

test('DNS that no policy lets out is named with the workload that needs it', async () => {
  await editor.open(policies);
  await editor.squiggle('warning').first().waitFor({ timeout: 60_000 });
  await editor.command('Problems: Focus on Problems View');
  await problem('Egress of Deployment frontend is isolated here and no policy lets port 53 out').waitFor({ timeout: 20_000 });
  await problem('Allows every pod of namespace ingress-namespace').waitFor();
  await editor.screenshot('cluster-problems');
  await editor.command('View: Toggle Panel Visibility');
});

test('a namespace without a default deny gets one, in the file where its policies are', async () => {
  await editor.open('broken/namespaces.yaml');
  await editor.squiggle('info').first().waitFor({ timeout: 20_000 });
  await editor.goto(4, 12);
  await quickFix('Create default-deny-all and allow-dns for ingress-namespace');
  await editor.command('File: Save All Files');
  for (let tries = 0; tries < 50 && !onDisk(policies).includes('default-deny-all'); tries++) await editor.page.waitForTimeout(100);
  expect(onDisk(policies)).toContain(
    '---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: default-deny-all\n  namespace: ingress-namespace\nspec:\n  podSelector: {}\n  policyTypes:\n    - Ingress\n    - Egress\n---\n',
  );
  // The finding of this file goes, for the other file has changed.
  await editor.page.waitForFunction(() => document.querySelectorAll('.monaco-editor .squiggly-info').length === 1);
});

test('a selector that selects nothing is led to the pods that are there', async () => {
  await editor.open('cluster/web.yaml');
  const text = await editor.hover(editor.word('wbe').first(), 'Selects no pod');
  expect(text).toContain('Selects no pod that the workspace knows: namespace shop');
  expect(text).toContain('there is app=web');
  await editor.screenshot('selects-nothing');
  await editor.goto(9, 13);
  await quickFix('Select app=web');
  await editor.save();
  expect(onDisk('cluster/web.yaml')).toContain('      app: web\n');
});

test('a policy is where Flux delivers it, and its variables are left in peace', async () => {
  await editor.open('gitops/store/policy.yaml');
  const hint = (namespace: string) => editor.page.locator('.view-lines', { hasText: `namespace: ${namespace}` });
  await hint('store').waitFor({ timeout: 60_000 });
  expect(await editor.hover(editor.word('podSelector').first(), 'Now:')).toContain('Now: 1 pod of store (Deployment web).');
  expect(await editor.squiggle('error').count()).toBe(0);
  await editor.screenshot('delivered');
  await editor.open('gitops/flux/store.yaml');
  await editor.goto(8, 25);
  await editor.page.keyboard.type('front');
  await editor.save();
  await editor.open('gitops/store/policy.yaml');
  await hint('storefront').waitFor({ timeout: 20_000 });
  await editor.screenshot('delivered-elsewhere');
});

test('a policy is judged as patches of a kustomization leave it, which are no resources themselves', async () => {
  await editor.open('patched/base/policy.yaml');
  const lens = editor.page.locator('.codelens-decoration', { hasText: '3 pods' }).filter({ hasText: 'as patched' });
  await lens.first().waitFor({ timeout: 20_000 });
  expect(await editor.squiggle('warning').count()).toBe(0);
  const text = await editor.hover(editor.word('podSelector').first(), 'As the patches');
  expect(text).toContain('Now: 3 pods of shop (Deployment web). As the patches of a kustomization leave it.');
  await editor.screenshot('patched');
  await editor.open('patched/prod/selector.yaml');
  expect(await editor.page.locator('.codelens-decoration').count()).toBe(0);
  await editor.goto(8, 12);
  await editor.page.keyboard.type('x');
  await editor.open('patched/base/policy.yaml');
  await editor.squiggle('warning').first().waitFor({ timeout: 20_000 });
  await editor.screenshot('patched-otherwise');
});

test('a policy that no kustomization lists is told, and listed by its fix', async () => {
  await editor.open('patched/base/forgotten.yaml');
  await editor.squiggle('info').first().waitFor({ timeout: 20_000 });
  await editor.goto(4, 12);
  await quickFix('Add forgotten.yaml to the resources of kustomization.yaml');
  // The edit of a file that is not open comes when it has been read.
  await expect
    .poll(
      async () => {
        await editor.command('File: Save All Files');
        return onDisk('patched/base/kustomization.yaml');
      },
      { timeout: 20_000 },
    )
    .toBe('resources: [web.yaml, policy.yaml, forgotten.yaml]\n');
  await editor.page.waitForFunction(() => document.querySelectorAll('.monaco-editor .squiggly-info').length === 0);
});

test('what the network plugin lacks is an error, and the status says why it is thought to be that one', async () => {
  await editor.open('cluster/web.yaml');
  const text = await editor.hover(editor.word('2001:db8::/32').first());
  expect(text).toContain('Azure Network Policy Manager does not support');
  await editor.page.locator('#status\\.languageStatus').hover();
  await editor.page.locator('.monaco-hover', { hasText: 'network_policy = "azure" in cluster/main.tf' }).first().waitFor();
  await editor.screenshot('engine');
  await editor.page.mouse.move(640, 400);
});

test('lenses, hints and definitions tell whom a policy concerns', async () => {
  await editor.open('broken/backend.yaml');
  await editor.page.locator('.codelens-decoration', { hasText: 'ingress isolated' }).first().waitFor({ timeout: 20_000 });
  await editor.open(policies);
  await editor.page
    .locator('.codelens-decoration', { hasText: /2 pods · in from/ })
    .first()
    .waitFor({ timeout: 20_000 });
  await editor.page
    .locator('.view-line', { hasText: /podSelector:.*2.pods/ })
    .first()
    .waitFor();
  const text = await editor.hover(editor.word('ingress-controller').nth(1), 'Now: 2 pods');
  expect(text).toContain('Now: 2 pods of ingress-namespace (Deployment ingress-controller).');
  await editor.screenshot('lenses');
  await editor.goto(14, 12);
  await editor.page.keyboard.press('F12');
  await editor.page.locator('.tab.active[data-resource-name="ingress-controller.yaml"]').waitFor({ timeout: 20_000 });
});

test('a label’s values are offered from the pods, and renamed everywhere', async () => {
  await editor.open('cluster/web.yaml');
  await editor.goto(9, 15);
  await editor.page.keyboard.press('Control+Space');
  await editor.page.locator('.suggest-widget.visible .monaco-list-row', { hasText: 'Deployment web' }).first().waitFor({ timeout: 20_000 });
  await editor.screenshot('workspace-completion');
  await editor.page.keyboard.press('Escape');
  await editor.page.keyboard.press('F2');
  const input = editor.page.locator('.rename-box input');
  await input.waitFor({ timeout: 20_000 });
  await input.fill('shopfront');
  await editor.page.keyboard.press('Enter');
  await editor.page.locator('.view-line', { hasText: 'shopfront' }).first().waitFor({ timeout: 20_000 });
  await editor.command('File: Save All Files');
  for (let tries = 0; tries < 50 && !onDisk('cluster/workloads.yaml').includes('shopfront'); tries++) await editor.page.waitForTimeout(100);
  expect(onDisk('cluster/workloads.yaml')).toContain('        app: shopfront\n');
  expect(onDisk('cluster/web.yaml')).toContain('      app: shopfront\n');
});

test('a finding is silenced by a comment from the menu', async () => {
  await editor.open('cluster/web.yaml');
  await editor.goto(15, 22);
  await quickFix('Ignore azure-npm-ipv6 here');
  await editor.save();
  expect(onDisk('cluster/web.yaml')).toContain('            # netpol-ignore azure-npm-ipv6\n            cidr: 2001:db8::/32\n');
  await editor.squiggle().first().waitFor({ state: 'detached' });
});

test('a release adds to its namespace alone: its name is known, and of other namespaces what is missing is told', async () => {
  await editor.open('platform/policy.yaml');
  await expect.poll(() => editor.squiggle('warning').count(), { timeout: 30_000 }).toBe(2);
  expect(await editor.hover(editor.word('monitorng').first(), 'none is called')).toContain('there are blog or monitoring');
  expect(await editor.hover(editor.word('metrics').first(), 'named metrics')).toContain(
    'No container of Deployment web has a TCP port named metrics; there is http.',
  );
  await editor.goto(16, 48);
  await quickFix('Select kubernetes.io/metadata.name=monitoring');
  expect(await editor.hover(editor.word('namespaceSelector').first(), 'monitoring')).toContain('Now: namespace monitoring (assumed).');
  await editor.screenshot('release');
  await editor.command('View: Revert and Close Editor');
});
