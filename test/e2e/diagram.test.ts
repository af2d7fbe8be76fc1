import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Editor } from './editor.ts';

let editor: Editor;
beforeAll(async () => {
  editor = await Editor.start({
    settings: { 'files.autoSave': 'off', 'editor.autoClosingBrackets': 'never', 'editor.autoClosingQuotes': 'never' },
    files: {
      'lonely/allow.yaml':
        'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: allow\n  namespace: lonely\nspec:\n  podSelector: {}\n',
    },
  });
});
afterAll(() => editor?.stop());
beforeEach(({ task, onTestFailed }) => onTestFailed(() => editor.screenshot(`failed: ${task.name}`)));

const page = () => editor.page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
const picture = async () => decodeURIComponent((await page().locator('#picture').getAttribute('src')) ?? '');

test('the traffic around a manifest is drawn beside it and follows every change', async () => {
  await editor.open('fixed/network-policies.yaml');
  await editor.word('NetworkPolicy').first().waitFor();
  const button = editor.page.locator('.editor-actions [aria-label*="Show Traffic Diagram"]').first();
  await button.waitFor({ timeout: 60_000 });
  await button.click();
  await page().locator('#picture').waitFor({ timeout: 60_000 });
  expect(await picture()).toContain('Deployment backend, ingress by rules');
  expect(await picture()).not.toContain('9999');
  await editor.command('View: Toggle Primary Side Bar Visibility');
  await editor.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  await editor.screenshot('diagram');

  await editor.page.locator('.tab', { hasText: 'network-policies.yaml' }).first().click();
  await editor.page.keyboard.press('Control+End');
  await editor.page.keyboard.insertText(
    '\n---\n{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "probe", "namespace": "app-namespace"}, "spec": {"podSelector": {"matchLabels": {"app": "backend"}}, "policyTypes": ["Ingress"], "ingress": [{"from": [{"ipBlock": {"cidr": "192.0.2.0/24"}}], "ports": [{"port": 9999}]}]}}\n',
  );
  for (let tries = 0; tries < 100 && !(await picture()).includes('9999'); tries++) await editor.page.waitForTimeout(100);
  expect(await picture()).toContain('192.0.2.0/24');
  // Back from the picture to the text: the rules of a flow, and a workload's manifest.
  await page().locator('button[aria-label="frontend to backend, TCP 8080"]').click();
  await editor.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Ingress rule 1 of NetworkPolicy app-namespace/backend' }).waitFor();
  await editor.screenshot('diagram-rules');
  await editor.page.keyboard.press('Enter');
  await editor.page
    .locator('.statusbar-item', { hasText: /Ln \d{2,}/ })
    .first()
    .waitFor();
  await page().locator('button[aria-label^="Deployment backend"]').click();
  await editor.page.locator('.tab.active[data-resource-name="backend.yaml"]').waitFor();
  await page().locator('#in').click();
  await editor.screenshot('diagram-changed');
  await editor.command('View: Toggle Primary Side Bar Visibility');

  await page().locator('#fit').click();
  await editor.command('Preferences: Toggle between Light/Dark Themes');
  await page().locator('body.vscode-dark').waitFor();
  await editor.screenshot('diagram-dark');

  // A file of another cluster, without anything to draw.
  await editor.page.locator('.tab[data-resource-name="backend.yaml"]').click();
  await editor.open('lonely/allow.yaml');
  await page().getByRole('status').filter({ hasText: 'No workload is in sight' }).waitFor();
  await page().locator('#picture').waitFor({ state: 'hidden' });
});
