import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Editor } from './editor.ts';
import { descendants } from './processes.ts';
import { loadIntoThePage } from './webWorker.ts';

/** A workspace that is on no disk: in the browser's memory, behind an extension's file system without a search. */
let editor: Editor;
beforeAll(async () => {
  const start = () => Editor.start({ bare: true, folder: 'memfs:/shop', prepare: loadIntoThePage('.', 'test/e2e/memfs') });
  // Seen once in dozens of runs: a browser in which the file system never comes up, however often the page is loaded.
  editor = await start().catch(start);
});
afterAll(() => editor?.stop());
beforeEach(({ task, onTestFailed }) => onTestFailed(() => editor.screenshot(`failed: ${task.name}`)));

test('a virtual workspace is judged, mended and explained', async () => {
  await editor.open('policies/broken.yaml');
  await editor.squiggle().first().waitFor({ timeout: 60_000 });
  expect(await editor.hover(editor.word('ingres').first())).toContain('ingress');
  expect(descendants(editor.hostPid, 'dist/server.cjs')).toEqual([]);
  await editor.word('ingres').first().click();
  await (await editor.action('ingress')).click();
  await editor.squiggle().first().waitFor({ state: 'hidden' });
});

test('files that are not open are known, without a search and without what git leaves out', async () => {
  await editor.page.locator('#status\\.languageStatus').hover();
  await editor.page
    .locator('.monaco-hover', { hasText: /2 network policies in 3 manifests/ })
    .first()
    .waitFor({ timeout: 20_000 });
  await editor.open('policies/web.yaml');
  expect(await editor.hover(editor.word('podSelector').first())).toContain('web');
  await editor.screenshot('virtual');
});

test('its traffic is drawn', async () => {
  await editor.command('Netpol: Show Traffic Diagram');
  const picture = editor.page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
  await picture.locator('#stage [role=button][aria-label^="Pod web"]').waitFor({ timeout: 60_000 });
  await editor.screenshot('virtual-diagram');
});
