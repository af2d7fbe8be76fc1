// The picture of 500 workloads and 2,000 flows in a browser: how long the first takes, and how it keeps up while it is dragged.
// usage: npm run bench (this part alone: node test/bench/diagram.ts, after npm run build)
import { chromium } from 'playwright-core';
import { findBrowser } from '../../scripts/lib/browser.mjs';
import { layoutOf } from '../../server/src/diagram/layout.ts';
import type { Scene } from '../../server/src/diagram/scene.ts';
import { portRange } from '../../server/src/model/portSet.ts';
import { diagramMessage, openDiagramPage } from '../support/diagramPage.ts';

const [workloads, flows] = [500, 2000];
const scene: Scene = {
  namespaces: Array.from({ length: 20 }, (_, i) => ({ name: `n${i}`, assumed: false, open: [] })),
  nodes: Array.from({ length: workloads }, (_, i) => ({
    ...{ id: `w${i}`, is: 'workload' as const, namespace: `n${i % 20}`, kind: 'Deployment', name: `w${i}`, detail: `app=w${i}`, pods: '', folded: 0 },
  })),
  edges: Array.from({ length: flows }, (_, i) => ({
    ...{ from: `w${(i * 7) % workloads}`, to: `w${(i * 13 + 1) % workloads}`, ports: 'TCP 8080', is: 'allowed' as const, rules: [] },
    set: portRange('TCP', 8080, 8080),
  })),
};

const browser = await chromium.launch({ executablePath: await findBrowser(), args: ['--no-sandbox', '--disable-gpu'] });
try {
  await layoutOf(scene);
  let start = performance.now();
  await layoutOf(scene);
  const layout = performance.now() - start;
  const page = await openDiagramPage(browser, { ...scene, nodes: scene.nodes.slice(0, 1), edges: [] });
  const message = await diagramMessage(scene);
  // From the message to the frame that shows it.
  const first = await page.evaluate(async (data) => {
    const begin = performance.now();
    const shown = new Promise<void>((resolve) => {
      window.addEventListener('message', () => requestAnimationFrame(() => requestAnimationFrame(() => resolve())), { once: true });
    });
    window.postMessage(data);
    await shown;
    return performance.now() - begin;
  }, message);
  for (let i = 0; i < 4; i++) await page.locator('#in').click();
  await page.evaluate(() => {
    const frames: number[] = [];
    Object.assign(window, { frames });
    const step = (now: number) => {
      frames.push(now);
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  });
  await page.mouse.move(600, 500);
  await page.mouse.down();
  start = performance.now();
  for (let i = 0; performance.now() - start < 3000; i++) await page.mouse.move(600 + 300 * Math.sin(i / 20), 500 + 200 * Math.cos(i / 20));
  await page.mouse.up();
  const frames = await page.evaluate(() => (window as unknown as { frames: number[] }).frames);
  const gaps = frames.slice(1).map((now, i) => now - (frames[i] ?? now));
  const seconds = gaps.reduce((sum, gap) => sum + gap, 0) / 1000;
  console.log(`\n| picture of ${workloads} workloads and ${flows.toLocaleString('en')} flows | |\n| --- | --- |`);
  console.log(`| layout, ms | ${layout.toFixed(0)} |\n| from the message to the drawn frame, ms | ${first.toFixed(0)} |`);
  console.log(
    `| frames a second while it is dragged | ${(gaps.length / seconds).toFixed(0)} |\n| longest frame, ms | ${Math.max(...gaps).toFixed(0)} |`,
  );
} finally {
  await browser.close();
}
