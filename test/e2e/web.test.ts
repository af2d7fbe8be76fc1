import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Editor } from './editor.ts';
import { descendants } from './processes.ts';
import { loadIntoThePage } from './webWorker.ts';

let editor: Editor;
beforeAll(async () => {
  editor = await Editor.start({
    bare: true,
    prepare: loadIntoThePage('.'),
    files: {
      'gitops/flux.yaml':
        'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: store\nspec:\n  path: ./gitops/store\n  targetNamespace: store\n',
      'gitops/store/kustomization.yaml':
        'resources: [all.yaml]\npatches:\n  - target: {kind: NetworkPolicy, name: web}\n    patch: \'[{"op": "add", "path": "/spec/podSelector/matchLabels", "value": {"app": "web"}}]\'\n',
      'gitops/store/all.yaml':
        'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    metadata:\n      labels:\n        app: web\n    spec:\n      containers:\n        - name: web\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\nspec:\n  podSelector:\n    matchLabels:\n      app: base\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: ${tenant}\nspec:\n  podSelector:\n    matchLabels:\n      tenant: ${tenant}\n  ingress:\n    - from:\n        - ipBlock:\n            cidr: ${range}\n',
      'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
      'chart/templates/policy.yaml':
        'apiVersion: {{ include "version" . }}\nkind: NetworkPolicy\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n  podSelector:\n    matchLabels:\n      {{- include "labels" . | nindent 6 }}\n',
    },
  });
});
afterAll(() => editor?.stop());
beforeEach(({ task, onTestFailed }) => onTestFailed(() => editor.screenshot(`failed: ${task.name}`)));

/** The web workers in which a server runs. */
async function servers(): Promise<readonly Worker[]> {
  const named = await Promise.all(
    editor.page.workers().map(async (worker) => [worker, await worker.evaluate(() => self.name).catch(() => '')] as const),
  );
  return named.flatMap(([worker, name]) => (name.endsWith('netpol') ? [worker] : []));
}

async function untilOneServer(other: Worker | undefined): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const now = await servers();
    if (now.length === 1 && now[0] !== other) return;
    await editor.page.waitForTimeout(100);
  }
  throw new Error(`After 10 s ${(await servers()).length} servers run.`);
}

test('in the browser, with the server as a web worker, a policy is judged and explained', async () => {
  // The page now and then does not see the extension that was written into its configuration: then it is loaded again.
  for (let tries = 0; tries < 4; tries++) {
    await editor.open('broken/network-policies.yaml');
    const judged = await editor
      .squiggle()
      .first()
      .waitFor({ timeout: 20_000 })
      .then(
        () => true,
        () => false,
      );
    if (judged) break;
    await editor.page.reload();
  }
  await editor.squiggle().first().waitFor();
  expect(await editor.hover(editor.word('podSelector').first())).toContain('Selects pods labelled app=ingress-controller');
  expect(descendants(editor.hostPid, 'dist/server.cjs')).toEqual([]);
  await editor.screenshot('web');
});

test('files that are not open are known there too', async () => {
  const text = readFileSync(join(editor.folder, 'fixed/network-policies.yaml'), 'utf8');
  expect(text).toContain('name: allow-dns');
  await editor.page.locator('#status\\.languageStatus').hover();
  await editor.page
    .locator('.monaco-hover', { hasText: /1\d network policies/ })
    .first()
    .waitFor({ timeout: 20_000 });
});

test('what Flux delivers, patches change, variables stand for and templates write is known there too', async () => {
  await editor.open('gitops/store/all.yaml');
  await editor.page.locator('.view-lines', { hasText: 'namespace: store' }).waitFor({ timeout: 20_000 });
  const text = await editor.hover(editor.word('podSelector').first(), 'As the patches');
  expect(text).toContain('Now: 1 pod of store (Deployment web). As the patches of a kustomization leave it.');
  expect(await editor.squiggle('error').count()).toBe(0);
  await editor.screenshot('web-delivered');
  await editor.open('chart/templates/policy.yaml');
  expect(await editor.hover(editor.word('podSelector').first(), 'depends')).toContain('What it means depends on what the template writes here.');
  await editor.command('Netpol: Show Traffic Diagram');
  const picture = editor.page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
  await picture.getByText('is known once it is rendered').waitFor({ timeout: 60_000 });
  await editor.screenshot('web-template');
});

test('traffic is drawn there too', async () => {
  await editor.open('broken/network-policies.yaml');
  await editor.command('Netpol: Show Traffic Diagram');
  const picture = editor.page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
  await picture.locator('#stage [role=button][aria-label^="Deployment backend"]').waitFor({ timeout: 60_000 });
  await picture.locator('[aria-label^="ingress-controller to kube-dns"][aria-label*="refused"]').waitFor();
  await editor.screenshot('web-diagram');
});

test('a server that ends is started again there too, and knows what is not saved', async () => {
  await editor.open('broken/network-policies.yaml');
  await editor.goto(14, 12);
  await editor.page.keyboard.type('not-saved-');
  const [server] = await servers();
  await server?.evaluate(() => self.close());
  await editor.page.locator('.notification-toast', { hasText: 'stopped unexpectedly and was restarted' }).waitFor({ timeout: 20_000 });
  await untilOneServer(server);
  await editor.screenshot('web-restarted');
  expect(await editor.hover(editor.word('podSelector').first(), 'not-saved')).toContain('Selects pods labelled app=not-saved-ingress-controller');
});

test('the restart command there leaves one server, without a word', async () => {
  const [server] = await servers();
  const toast = editor.page.locator('.notification-toast');
  await editor.command('Notifications: Clear All Notifications');
  await toast.waitFor({ state: 'detached' });
  await editor.command('Netpol: Restart Language Server');
  await untilOneServer(server);
  expect(await editor.hover(editor.word('podSelector').first(), 'not-saved')).toContain('not-saved');
  // Nobody is told of an end that was asked for.
  expect(await toast.count()).toBe(0);
});
