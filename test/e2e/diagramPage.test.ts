import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PageMessage, PanelMessage } from '../../client/diagram/messages.ts';
import { findBrowser } from '../../scripts/lib/browser.mjs';
import { sceneOf } from '../../server/src/diagram/scene.ts';
import { deployment, documents, policyNamed } from '../../server/src/rules/examples.ts';
import { openDiagramPage } from '../support/diagramPage.ts';
import { connectivityOf } from '../support/manifestCluster.ts';

// The diagram's page alone, in a real browser, with a panel that only listens.
let browser: Browser;
let page: Page;
beforeAll(async () => {
  browser = await chromium.launch({ executablePath: await findBrowser(), args: ['--no-sandbox', '--disable-gpu'] });
});
afterAll(() => browser?.close());

async function open(...manifests: readonly string[]): Promise<void> {
  page = await openDiagramPage(browser, sceneOf(connectivityOf(documents(...manifests))));
}
const post = (message: PanelMessage) => page.evaluate((data) => window.postMessage(data), message);
const sent = () => page.evaluate(() => (window as unknown as { sent: PageMessage[] }).sent);

const shop = [
  deployment('web', 'shop', '{containerPort: 80}'),
  deployment('db', 'shop'),
  policyNamed(
    'db',
    'shop',
    'podSelector: {matchLabels: {app: db}}\npolicyTypes: [Ingress]\ningress:\n  - from: [{podSelector: {matchLabels: {app: web}}}]\n    ports: [{port: 5432}]',
  ),
];

describe('the page', () => {
  test('has no serious violation that axe knows, as a picture and as a table', async () => {
    await open(...shop);
    const violations = async () => {
      await page.evaluate(axe.source);
      return page.evaluate(async () => {
        const { axe: own } = window as unknown as {
          axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
        };
        return (await own.run()).violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join()}`);
      });
    };
    expect(await violations()).toEqual([]);
    await page.locator('#table').click();
    await page.locator('table td', { hasText: 'TCP 5432' }).first().waitFor();
    expect(await violations()).toEqual([]);
  });

  test('is worked by the keyboard alone', async () => {
    await open(...shop);
    await page.locator('#stage [tabindex="0"]').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    await page.keyboard.press('End');
    await page.keyboard.press('Delete');
    expect((await sent()).filter(({ type }) => type !== 'explain')).toEqual([
      { type: 'ready' },
      { type: 'open', id: 'w:shop/Deployment/web' },
      { type: 'remove', from: 'w:shop/Deployment/web', to: 'w:shop/Deployment/db' },
    ]);
    expect(await page.locator('.card.chosen').getAttribute('aria-label')).toContain('db');
  });

  test('keeps a choice that the panel does not know yet', async () => {
    await open(...shop);
    await page.locator('#filters summary').click();
    await page.locator('#dns').uncheck();
    const drawn = async (title: string, knows: number) => {
      await post({ type: 'diagram', diagram: { title }, choice: { filter: {}, expanded: [], pinned: false }, knows });
      await page.locator('#title', { hasText: title }).waitFor();
    };
    // On its way when the choice was made.
    await drawn('before', 0);
    expect(await page.locator('#dns').isChecked()).toBe(false);
    await page.locator('#direction').selectOption('egress');
    expect((await sent()).at(-1)).toMatchObject({ choice: { filter: { withoutDns: true, direction: 'egress' } }, count: 2 });
    // The panel has chosen for itself since: another file came to the front, say.
    await drawn('after', 2);
    expect(await page.locator('#dns').isChecked()).toBe(true);
  });

  test('filters and searches', async () => {
    await open(...shop);
    await page.locator('#search').fill('db');
    expect(await page.locator('.card.hit').count()).toBe(1);
    await page.locator('#filters summary').click();
    await page.locator('#protocol').selectOption('UDP');
    expect((await sent()).at(-1)).toEqual({ type: 'choose', choice: { filter: { protocol: 'UDP' }, expanded: [], pinned: false }, count: 1 });
  });

  test('shows hostile names as text', async () => {
    const hostile = (name: string) => deployment('web', 'shop').replaceAll('name: web', `name: ${JSON.stringify(name)}`);
    await open(
      hostile('<img src=x onerror="document.title=1">'),
      hostile(`\u202e</text><script>document.title=1</script>${'y'.repeat(10_000)}`),
      shop[2] ?? '',
    );
    expect(await page.locator('#stage script, #stage img').count()).toBe(0);
    expect(await page.title()).toBe('Traffic Diagram');
    await page.locator('#table').click();
    expect(await page.locator('#flows script, #flows img').count()).toBe(0);
    await post({ type: 'nonsense' } as unknown as PanelMessage);
    expect(await page.locator('#flows table').count()).toBe(1);
  });
});
