import { readFileSync } from 'node:fs';
import type { BrowserContext } from 'playwright-core';

const types: Readonly<Record<string, string>> = {
  json: 'application/json',
  js: 'text/javascript',
  cjs: 'text/javascript',
  md: 'text/markdown',
  png: 'image/png',
};

/** Makes the page load extensions, given by their folders, into its own worker, as vscode.dev would: served from the page's origin, from disk. */
export const loadIntoThePage =
  (...folders: readonly string[]) =>
  async (context: BrowserContext, address: string): Promise<void> => {
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
            configuration.additionalBuiltinExtensions = folders.map((folder) => ({ scheme: 'http', authority: host, path: `/under-test/${folder}` }));
            return `${before}${JSON.stringify(configuration).replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"`;
          },
        );
        await route.fulfill({ response, body, headers });
      },
    );
  };
