import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Editor } from './editor.ts';

/** A workspace that was trusted, and is no longer: what reads text works, and no program is run. */
let editor: Editor;
const page = () => editor.page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');

beforeAll(async () => {
  editor = await Editor.start();
  const git = (...args: string[]) => execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=n@example.com', ...args], { cwd: editor.folder });
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'first');
  git('tag', 'once');
  await editor.open('broken/network-policies.yaml');
  await editor.command('Netpol: Show Traffic Diagram');
  await page().locator('#compare').click();
  await editor.choose('once');
  await page().locator('#title', { hasText: 'compared with once' }).waitFor({ timeout: 60_000 });
  const settings = { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never' };
  for (const level of ['Machine', 'User']) writeFileSync(join(editor.dataFolder, 'data', level, 'settings.json'), JSON.stringify(settings));
  await editor.command('Developer: Reload Window');
  await editor.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor({ timeout: 60_000 });
});
afterAll(() => editor?.stop());
beforeEach(({ task, onTestFailed }) => onTestFailed(() => editor.screenshot(`failed: ${task.name}`)));

test('a policy is judged and explained', async () => {
  await editor.open('broken/network-policies.yaml');
  await editor.squiggle().first().waitFor({ timeout: 60_000 });
  expect(await editor.hover(editor.word('podSelector').first())).toContain('pods');
});

test('traffic is drawn, and compared with nothing', async () => {
  // The hover of the test before lies over the picture.
  await editor.page.keyboard.press('Escape');
  await page().locator('#stage [role=button]').first().waitFor({ timeout: 60_000 });
  expect(await page().locator('#title').textContent()).not.toContain('compared');
  await page().locator('#compare[aria-pressed=false]').click();
  await editor.page.locator('.notification-toast', { hasText: 'done in trusted workspaces only' }).waitFor();
  await editor.screenshot('untrusted');
});
