import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Editor } from './editor.ts';

let editor: Editor;
beforeAll(async () => {
  editor = await Editor.start({ settings: { 'files.autoSave': 'off' } });
});
afterAll(() => editor?.stop());
beforeEach(({ task, onTestFailed }) => onTestFailed(() => editor.screenshot(`failed: ${task.name}`)));

test('“can A reach B?” is answered with reasons that lead to their rules', async () => {
  await editor.open('fixed/backend.yaml');
  await editor.page.locator('.codelens-decoration').first().waitFor({ timeout: 60_000 });
  await editor.command('Netpol: Can A Reach B?');
  const row = (text: string) => editor.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
  const input = editor.page.locator('.quick-input-widget:visible input.input').first();
  await row('app-namespace/frontend').click();
  await editor.page.getByText('Can app-namespace/frontend reach … ?').waitFor();
  await input.fill('backend');
  await row('app-namespace/backend').click();
  await editor.page.getByText('Can app-namespace/frontend reach app-namespace/backend?').waitFor();
  await input.fill('8080');
  await editor.page.keyboard.press('Enter');
  await editor.page.getByText('TCP 8080: allowed').waitFor();
  await editor.screenshot('reach');
  await row('Into the destination').click();
  await editor.page.locator('.tab.active[data-resource-name="network-policies.yaml"]').waitFor();
});

test('a policy for a workload is written behind the manifest', async () => {
  await editor.open('fixed/backend.yaml');
  await editor.command('Netpol: New Policy for a Workload');
  await editor.page.locator('.quick-input-list .monaco-list-row', { hasText: 'policy for Deployment backend' }).first().click();
  await editor.word('NetworkPolicy').first().waitFor();
  await editor.screenshot('new-policy');
  await editor.save();
  const text = readFileSync(join(editor.folder, 'fixed/backend.yaml'), 'utf8');
  expect(text).toMatch(
    /targetPort: http\n---\napiVersion: networking.k8s.io\/v1\nkind: NetworkPolicy\nmetadata:\n {2}name: backend-2\n {2}namespace: app-namespace\n/,
  );
});
