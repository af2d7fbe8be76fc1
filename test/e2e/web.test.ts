import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Editor } from './editor.ts';
import { descendants } from './processes.ts';

const types: Readonly<Record<string, string>> = {
  json: 'application/json',
  js: 'text/javascript',
  cjs: 'text/javascript',
  md: 'text/markdown',
  png: 'image/png',
};

/** Makes the page load the extension into its own worker, as vscode.dev would: served from the page's origin, from disk. */
async function loadIntoThePage(context: BrowserContext, address: string): Promise<void> {
  const { host } = new URL(address);
  await context.route(`${address}/under-test/**`, (route) => {
    const path = new URL(route.request().url()).pathname.replace('/under-test/', '');
    try {
      return route.fulfill({ body: readFileSync(path), contentType: types[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream' });
    } catch {
      return route.fulfill({ status: 404 });
    }
  });
  await context.route(
    (url) => url.origin === address && url.pathname === '/',
    async (route) => {
      const response = await route.fetch();
      const { 'content-security-policy': _, ...headers } = response.headers();
      const body = (await response.text()).replace(
        /(id="vscode-workbench-web-configuration" data-settings=")([^"]*)"/,
        (_match, before, settings: string) => {
          const configuration = JSON.parse(settings.replaceAll('&quot;', '"').replaceAll('&amp;', '&'));
          configuration.additionalBuiltinExtensions = [{ scheme: 'http', authority: host, path: '/under-test' }];
          return `${before}${JSON.stringify(configuration).replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"`;
        },
      );
      await route.fulfill({ response, body, headers });
    },
  );
}

let editor: Editor;
beforeAll(async () => {
  editor = await Editor.start({ bare: true, prepare: loadIntoThePage });
});
afterAll(() => editor?.stop());
beforeEach(({ task, onTestFailed }) => onTestFailed(() => editor.screenshot(`failed: ${task.name}`)));

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

test('traffic is drawn there too', async () => {
  await editor.command('Netpol: Show Traffic Diagram');
  const picture = editor.page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
  await picture.locator('#stage [role=button][aria-label^="Deployment backend"]').waitFor({ timeout: 60_000 });
  await picture.locator('[aria-label^="ingress-controller to kube-dns"][aria-label*="refused"]').waitFor();
  await editor.screenshot('web-diagram');
});
