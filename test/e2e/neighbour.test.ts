import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Editor } from './editor.ts';

/**
 * An extension with the name and the setting of Red Hat's YAML extension: enough for netpol to give way to it. The real
 * one cannot be had from the registries that the tests reach.
 */
function packNeighbour(folder: string): string {
  const manifest = {
    name: 'vscode-yaml',
    publisher: 'redhat',
    version: '1.0.0',
    engines: { vscode: '^1.100.0' },
    license: 'MIT',
    contributes: { configuration: { properties: { 'yaml.schemas': { type: 'object', default: {} } } } },
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  for (const name of ['README.md', 'LICENSE']) writeFileSync(join(folder, name), 'stand-in\n');
  const out = join(folder, 'neighbour.vsix');
  const vsce = resolve('node_modules/@vscode/vsce/vsce');
  execFileSync(process.execPath, [vsce, 'package', '--no-dependencies', '--allow-missing-repository', '--out', out], { cwd: folder, stdio: 'pipe' });
  return out;
}

const policy = 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: a\nspec:\n  podSelector: {}\n  policyTypes: []\n  \n';
let editor: Editor;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'netpol-neighbour-'));
  editor = await Editor.start({
    settings: { 'yaml.schemas': { kubernetes: 'theirs.yaml' }, 'editor.wordBasedSuggestions': 'off', 'editor.snippetSuggestions': 'none' },
    files: { 'theirs.yaml': policy, 'ours.yaml': policy.replace('name: a', 'name: b') },
    neighbours: [packNeighbour(folder)],
  });
});
afterAll(async () => {
  await editor?.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(({ task, onTestFailed }) => onTestFailed(() => editor.screenshot(`failed: ${task.name}`)));

async function offeredAt(line: number, column: number): Promise<readonly string[]> {
  await editor.goto(line, column);
  await editor.page.keyboard.press('Escape');
  await editor.page.keyboard.press('Control+Space');
  const widget = editor.page.locator('.suggest-widget.visible');
  await widget.waitFor();
  await editor.page.waitForTimeout(1_000);
  const rows = await widget.locator('.monaco-list-row .label-name').allInnerTexts();
  await editor.page.keyboard.press('Escape');
  return rows;
}

test('where nobody else has a Kubernetes schema, netpol explains fields and offers keys', async () => {
  await editor.open('ours.yaml');
  await editor.page.locator('#status\\.languageStatus').waitFor();
  await editor.page.waitForTimeout(1_500);
  expect(await editor.hover(editor.word('podSelector').first())).toContain('Left out:');
  expect(await offeredAt(8, 3)).toContain('ingress');
});

test('where the YAML extension has one for the file, netpol says only what values mean, and offers values', async () => {
  await editor.open('theirs.yaml');
  await editor.page.waitForTimeout(1_500);
  const hover = await editor.hover(editor.word('podSelector').first());
  expect(hover).toContain('Selects every pod of');
  expect(hover).not.toContain('Left out:');
  expect(await offeredAt(8, 3)).not.toContain('ingress');
  expect(await offeredAt(7, 17)).toContain('Ingress');
});
