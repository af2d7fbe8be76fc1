import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { adminPolicyWith, deployment, documents, namespaceNamed, policyNamed } from '../../server/src/rules/examples.ts';
import { Editor } from './editor.ts';

let editor: Editor;
beforeAll(async () => {
  editor = await Editor.start({
    settings: { 'files.autoSave': 'off', 'editor.autoClosingBrackets': 'never', 'editor.autoClosingQuotes': 'never' },
    files: {
      'lonely/allow.yaml':
        'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: allow\n  namespace: lonely\nspec:\n  podSelector: {}\n',
      'two/kustomization.yaml': 'resources: [web.yaml, db.yaml]\n',
      'two/web.yaml': documents(deployment('web', 'two'), policyNamed('web', 'two', 'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Egress]')),
      'two/db.yaml': documents(
        deployment('db', 'two', '{containerPort: 5432}'),
        policyNamed('db', 'two', 'podSelector: {matchLabels: {app: db}}\npolicyTypes: [Ingress]'),
      ),
      'guests/kustomization.yaml': 'resources: [all.yaml]\n',
      'guests/all.yaml': documents(
        namespaceNamed('shop', 'team: shop'),
        namespaceNamed('guest', 'team: guest'),
        deployment('web', 'shop'),
        deployment('visitor', 'guest'),
        adminPolicyWith(
          "subject:\n  namespaces: {matchLabels: {team: shop}}\npriority: 1\ningress:\n  - action: Deny\n    from: [{namespaces: {matchLabels: {team: guest}}}]\negress:\n  - action: Deny\n    to: [{networks: ['169.254.169.254/32']}]",
        ),
      ),
    },
  });
  const git = (...args: string[]) => execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=n@example.com', ...args], { cwd: editor.folder });
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'first');
  git('tag', 'before-the-change');
});
afterAll(() => editor?.stop());
beforeEach(({ task, onTestFailed }) => onTestFailed(() => editor.screenshot(`failed: ${task.name}`)));

const page = () => editor.page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
const target = (words: string) => page().locator(`#stage [role=button][aria-label^=${JSON.stringify(words)}]`);

test('the traffic around a manifest is drawn beside it and follows every change', async () => {
  await editor.open('fixed/network-policies.yaml');
  await editor.word('NetworkPolicy').first().waitFor();
  const button = editor.page.locator('.editor-actions [aria-label*="Show Traffic Diagram"]').first();
  await button.waitFor({ timeout: 60_000 });
  await button.click();
  await target('Deployment backend 2 pods app=backend, ingress by rules').waitFor({ timeout: 60_000 });
  expect(await page().locator('[aria-label*="9999"]').count()).toBe(0);
  await editor.command('View: Toggle Primary Side Bar Visibility');
  await editor.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  await editor.screenshot('diagram');

  await editor.page.locator('.tab', { hasText: 'network-policies.yaml' }).first().click();
  await editor.page.keyboard.press('Control+End');
  await editor.page.keyboard.insertText(
    '\n---\n{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "probe", "namespace": "app-namespace"}, "spec": {"podSelector": {"matchLabels": {"app": "backend"}}, "policyTypes": ["Ingress"], "ingress": [{"from": [{"ipBlock": {"cidr": "192.0.2.0/24"}}], "ports": [{"port": 9999}]}]}}\n',
  );
  await target('192.0.2.0/24 to backend, TCP 9999').waitFor();
  // Back from the picture to the text: the rules of a flow, and a workload's manifest.
  await target('frontend to backend, TCP 8080').locator('.pill').click();
  await editor.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Ingress rule 1 of NetworkPolicy app-namespace/backend' }).waitFor();
  await editor.screenshot('diagram-rules');
  await editor.page.keyboard.press('Enter');
  await editor.page
    .locator('.statusbar-item', { hasText: /Ln \d{2,}/ })
    .first()
    .waitFor();
  await target('Deployment backend').locator('.box').click();
  await editor.page.locator('.tab.active[data-resource-name="backend.yaml"]').waitFor();
  await page().locator('#in').click();
  await editor.screenshot('diagram-changed');
  await editor.command('View: Toggle Primary Side Bar Visibility');

  // A file of another cluster, without anything to draw.
  await editor.page.locator('.tab[data-resource-name="backend.yaml"]').click();
  await editor.open('lonely/allow.yaml');
  await page().getByRole('status').filter({ hasText: 'No workload is in sight' }).waitFor();
  await page().locator('#stage').waitFor({ state: 'hidden' });
});

test('what an administrator denies to a pod that is open otherwise is drawn', async () => {
  await editor.open('guests/all.yaml');
  await target('Deployment web').waitFor();
  await target('visitor to web, every port').waitFor();
  await target('everyone to web, every port').waitFor();
  await target('web to 169.254.169.254/32, every port').waitFor();
  expect(await page().locator('[aria-label*="kube-dns"]').count()).toBe(0);
  // The zoom that was chosen for another picture cuts nothing off this one.
  const [card, stage] = [await target('Deployment visitor').locator('.box').boundingBox(), await page().locator('#stage').boundingBox()];
  expect(card && stage && card.x >= stage.x).toBe(true);
  await editor.screenshot('diagram-denials');
  await target('visitor to web, every port').locator('.pill').click();
  await editor.page
    .locator('.quick-input-list .monaco-list-row, .tab.active', { hasText: /Ingress rule 1|all\.yaml/ })
    .first()
    .waitFor();
});

test('a flow is drawn, looked at and found on disk', async () => {
  const fromIngress = () =>
    readFileSync(join(editor.folder, 'fixed/network-policies.yaml'), 'utf8').match(
      /- from:\s+- namespaceSelector:\s+matchLabels:\s+kubernetes.io\/metadata.name: ingress-namespace/g,
    )?.length ?? 0;
  const before = fromIngress();
  expect(before).toBeGreaterThan(0);
  await editor.open('fixed/network-policies.yaml');
  await target('Deployment backend').waitFor();
  // Both ends by keyboard, then the answer and the edit.
  await target('Deployment ingress-controller').focus();
  await editor.page.keyboard.press('Space');
  await target('Deployment backend').focus();
  await editor.page.keyboard.press('Space');
  await page().locator('#asked button', { hasText: 'Can it reach?' }).click();
  await page().locator('#asked .title', { hasText: 'denied' }).waitFor();
  await editor.screenshot('diagram-answer');
  await page().locator('#asked button', { hasText: 'Clear' }).click();
  const [from, to] = [target('Deployment ingress-controller').locator('.handle'), target('Deployment backend').locator('.box')];
  await from.dragTo(to, { force: true });
  await editor.page.locator('.quick-input-title', { hasText: 'Let ingress-controller reach backend' }).waitFor();
  await editor.page.keyboard.press('Enter');
  // Nothing is made before it has been looked at; what is turned down leaves no trace.
  const answer = (words: string) => editor.page.locator('.notification-toast .monaco-button', { hasText: words });
  const comparison = editor.page.locator('.monaco-diff-editor');
  await comparison.first().waitFor();
  await answer('Discard').click();
  await comparison.first().waitFor({ state: 'detached' });
  await from.dragTo(to, { force: true });
  await editor.page.locator('.quick-input-title', { hasText: 'Let ingress-controller reach backend' }).waitFor();
  await editor.page.keyboard.press('Enter');
  await comparison.first().waitFor();
  await answer('Apply').waitFor();
  await editor.screenshot('diagram-preview');
  expect(fromIngress()).toBe(before);
  // The picture stays that of the file.
  expect(await target('Deployment backend').isVisible()).toBe(true);
  expect(await target('ingress-controller to backend, TCP 8080').count()).toBe(0);
  // The editor shows its actions while it has the focus, which the picture may take back more than once.
  const apply = editor.page.locator('.editor-actions [aria-label*="Apply What Is Shown"]').first();
  for (let tries = 0; tries < 8 && !(await apply.isVisible()); tries++) {
    await editor.page.locator('.tab', { hasText: 'what changes' }).first().click();
    await apply.waitFor({ timeout: 3_000 }).catch(() => undefined);
  }
  await apply.click();
  await comparison.first().waitFor({ state: 'detached' });
  await target('ingress-controller to backend, TCP 8080').waitFor();
  await editor.command('File: Save All Files');
  // One more than before: the frontend's rule names that namespace too.
  for (let tries = 0; tries < 50 && fromIngress() === before; tries++) await editor.page.waitForTimeout(100);
  expect(fromIngress()).toBe(before + 1);

  // What came since the last commit, by a sign and not by colour alone; and back.
  await page().locator('#compare').click();
  await editor.choose('before-the-change');
  await page().locator('#title', { hasText: 'compared with before-the-change' }).waitFor();
  await page().locator('[data-kind=arrow][aria-label*="ingress-controller to backend"][aria-label*="added"]').waitFor();
  await editor.screenshot('diagram-compared');
  await page().locator('#compare').click();
  await page().locator('#compare[aria-pressed=false]').waitFor();

  // Undo is the editor's own.
  const drawn = target('ingress-controller to backend, TCP 8080');
  await editor.page.locator('.tab[data-resource-name="network-policies.yaml"]').first().click();
  await editor.page.keyboard.press('Control+z');
  await drawn.waitFor({ state: 'detached' });
  await editor.page.keyboard.press('Control+Shift+z');
  await drawn.waitFor();
  // The flow is deleted again: at one side, which is enough, and the other side's rule shows as what it is now.
  await drawn.focus();
  await editor.page.keyboard.press('Delete');
  await comparison.first().waitFor();
  await answer('Apply').last().click();
  await target('ingress-controller to backend, TCP 8080 refused').waitFor();
  await editor.command('File: Save All Files');
  for (let tries = 0; tries < 50 && fromIngress() !== before; tries++) await editor.page.waitForTimeout(100);
  expect(fromIngress()).toBe(before);
});

test('a flow whose rules stand in two files is shown in both, and made in both', async () => {
  await editor.open('two/web.yaml');
  await target('Deployment db').waitFor();
  await page().locator('#fit').click();
  await target('Deployment web').locator('.handle').dragTo(target('Deployment db').locator('.box'), { force: true });
  await editor.page.locator('.quick-input-title', { hasText: 'Let web reach db' }).waitFor();
  await editor.page.keyboard.press('Enter');
  await editor.page.locator('.multiDiffEntry').nth(1).waitFor();
  await editor.screenshot('diagram-preview-two');
  // The editor shows its actions while it has the focus, which the picture may have taken back.
  await editor.page.locator('.monaco-diff-editor').first().click();
  await editor.page.locator('.editor-actions [aria-label*="Apply What Is Shown"]').first().click();
  await editor.page.locator('.multiDiffEntry').first().waitFor({ state: 'detached' });
  await target('web to db, TCP 5432').waitFor();
  await editor.command('File: Save All Files');
  const holds = (name: string) => /- port: 5432|port: 5432$/m.test(readFileSync(join(editor.folder, 'two', name), 'utf8'));
  for (let tries = 0; tries < 50 && !(holds('web.yaml') && holds('db.yaml')); tries++) await editor.page.waitForTimeout(100);
  expect([holds('web.yaml'), holds('db.yaml')]).toEqual([true, true]);
});

test('the picture is saved as pixels', async () => {
  await editor.open('fixed/network-policies.yaml');
  await target('Deployment backend').waitFor();
  await page().locator('#export').click();
  await editor.choose('PNG');
  await editor.page.waitForFunction(() => [...document.querySelectorAll('input')].some(({ value }) => value.endsWith('traffic.png')));
  await editor.page.keyboard.press('Enter');
  const file = join(editor.folder, 'traffic.png');
  for (let tries = 0; tries < 100 && !existsSync(file); tries++) await editor.page.waitForTimeout(100);
  await editor.page.locator('.explorer-folders-view .label-name', { hasText: 'traffic.png' }).waitFor();
  // The signature, then the header with width and height.
  const bytes = readFileSync(file);
  expect(bytes.subarray(1, 4).toString('latin1')).toBe('PNG');
  expect(bytes.readUInt32BE(16)).toBeGreaterThan(1_000);
  expect(bytes.readUInt32BE(20)).toBeGreaterThan(300);
});

test('the picture takes its colours from each kind of theme', async () => {
  await editor.open('broken/network-policies.yaml');
  await target('ingress-controller to kube-dns').and(page().locator('[aria-label*=refused]')).waitFor();
  await editor.command('View: Toggle Primary Side Bar Visibility');
  await page().locator('#fit').click();
  for (const [theme, kind] of [
    ['Light Modern', 'vscode-light'],
    ['Dark Modern', 'vscode-dark'],
    ['Light High Contrast', 'vscode-high-contrast-light'],
    ['Dark High Contrast', 'vscode-high-contrast'],
  ] as const) {
    await editor.chooseTheme(theme);
    await page().locator(`body.${kind}`).waitFor();
    const lines = await page()
      .locator('#stage .pill rect, #stage .box')
      .evaluateAll((shapes) => shapes.map((shape) => getComputedStyle(shape).stroke));
    expect(lines.filter((stroke) => stroke === 'none' || stroke === '')).toEqual([]);
    await editor.screenshot(`diagram-${theme.toLowerCase().replaceAll(' ', '-')}`);
  }
  await editor.command('View: Toggle Primary Side Bar Visibility');
});

test('what was looked at is there again after a reload', async () => {
  await page().locator('#filters summary').click();
  await page().locator('#dns').uncheck();
  await page().locator('#filters summary').click();
  await target('frontend to kube-dns').waitFor({ state: 'detached' });
  await page().locator('#pin').click();
  await page().locator('#pin[aria-pressed=true]').waitFor();
  await editor.command('Developer: Reload Window');
  await page().locator('#pin').waitFor({ state: 'detached' });
  await target('Deployment backend').waitFor({ timeout: 60_000 });
  await page().locator('#pin[aria-pressed=true]').waitFor();
  expect(await page().locator('#dns').isChecked()).toBe(false);
});
