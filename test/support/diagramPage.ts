import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { pageHtml, type Strings } from '../../client/diagram/html.ts';
import type { PanelMessage } from '../../client/diagram/messages.ts';
import { layoutOf } from '../../server/src/diagram/layout.ts';
import type { Scene } from '../../server/src/diagram/scene.ts';
import { pictureOf } from '../../server/src/lsp/picture.ts';

const strings = Object.fromEntries(
  [...readFileSync('client/src/diagramStrings.ts', 'utf8').matchAll(/(\w+): vscode\.l10n\.t\('([^']*)'\)/g)].map(([, key, text]) => [key, text]),
) as unknown as Strings;
const address = 'http://netpol.test';

/** What the panel would send for a scene. */
export async function diagramMessage(scene: Scene): Promise<PanelMessage> {
  const picture = pictureOf(
    await layoutOf(scene),
    scene.namespaces.map(({ name }) => name),
    (name) => ({ name, uri: 'file:///a.yaml', line: 1, character: 0 }),
  );
  return { type: 'diagram', diagram: { title: 'Traffic', picture }, choice: { filter: {}, expanded: [], pinned: false }, knows: 0 };
}

/** The diagram's page with a scene, in a browser, its panel played by the test: what the page sends is in `window.sent`. */
export async function openDiagramPage(browser: Browser, scene: Scene): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
  await page.route(`${address}/**`, (route) =>
    route.request().url().endsWith('.js')
      ? route.fulfill({ contentType: 'text/javascript', body: readFileSync('dist/diagram.js', 'utf8') })
      : route.fulfill({ contentType: 'text/html', body: pageHtml({ strings, nonce: 'test', script: `${address}/diagram.js`, source: address }) }),
  );
  await page.addInitScript(() => {
    const sent: unknown[] = [];
    Object.assign(window, {
      sent,
      acquireVsCodeApi: () => ({ postMessage: (message: unknown) => sent.push(message), getState: () => undefined, setState: () => {} }),
    });
  });
  await page.goto(`${address}/`);
  await page.evaluate((data) => window.postMessage(data), await diagramMessage(scene));
  await page.locator('#stage [data-kind=card]').first().waitFor();
  return page;
}
