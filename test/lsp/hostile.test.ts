import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Diagnostic } from 'vscode-languageserver-protocol';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { policyOf } from '../support/cursor.ts';
import { hostileTexts } from '../support/hostile.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server.stop());

/** Every range lies in the text, and begins before it ends. */
function expectInside(text: string, diagnostics: readonly Diagnostic[]): void {
  const document = TextDocument.create('a', 'yaml', 0, text);
  for (const { range } of diagnostics) {
    for (const position of [range.start, range.end]) expect(document.positionAt(document.offsetAt(position))).toEqual(position);
    expect(document.offsetAt(range.start)).toBeLessThanOrEqual(document.offsetAt(range.end));
  }
}

describe('hostile texts', () => {
  test.each(hostileTexts)('$name', async ({ name, text: make, says }) => {
    const text = make();
    const uri = `file:///hostile/${encodeURIComponent(name)}.yaml`;
    await server.open(uri, text);
    const diagnostics = await server.diagnostics(uri);
    expectInside(text, diagnostics);
    if (says) expect(diagnostics.map(({ message }) => message).join('\n')).toContain(says);
    await server.hover(uri, 3, 3);
    await server.completion(uri, 3, 3);
    await server.connection.sendRequest('textDocument/documentSymbol', { textDocument: { uri } });
    await server.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  });
});

test('every prefix of a valid file', async () => {
  const text = `# é😀\n${policyOf('podSelector: {matchLabels: {app: "é"}}\ningress:\n  - from:\n      - ipBlock:\n          cidr: 10.0.0.0/8\n          except: [10.1.0.0/16]\n    ports:\n      - port: 80\n        endPort: 90\n')}---\n${policyOf('podSelector: {}\negress: [{}]\n')}`;
  const uri = 'file:///hostile/prefix.yaml';
  await server.open(uri, '');
  for (let length = 1; length <= text.length; length++) {
    const prefix = text.slice(0, length);
    await server.change(uri, length + 1, [{ text: prefix }]);
    const diagnostics = await server.diagnostics(uri, length + 1);
    expectInside(prefix, diagnostics);
    const at = TextDocument.create('a', 'yaml', 0, prefix).positionAt(length);
    await server.completion(uri, at.line, at.character);
    await server.hover(uri, at.line, Math.max(0, at.character - 1));
  }
  const wrong = (await server.diagnostics(uri, text.length + 1)).filter(({ severity }) => severity === 1);
  expect(wrong.map(({ code }) => code)).toEqual(['duplicate-resource', 'invalid-label', 'duplicate-resource']);
  await server.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
});

test('a file that changes 1,000 times quickly ends with the findings of its last text', async () => {
  const uri = 'file:///hostile/fast.yaml';
  const text = policyOf('podSelector: {}\ningress:\n  - ports:\n      - port: 80\n');
  await server.open(uri, text);
  let version = 1;
  for (let i = 0; i < 500; i++) {
    void server.change(uri, ++version, [{ range: { start: { line: 9, character: 18 }, end: { line: 9, character: 18 } }, text: '999' }]);
    void server.change(uri, ++version, [{ range: { start: { line: 9, character: 18 }, end: { line: 9, character: 21 } }, text: '' }]);
  }
  void server.change(uri, ++version, [{ range: { start: { line: 9, character: 18 }, end: { line: 9, character: 18 } }, text: '000' }]);
  const diagnostics = await server.diagnostics(uri, version);
  expect(diagnostics.flatMap(({ code, severity }) => (severity === 1 ? [code] : []))).toEqual(['invalid-port']);
});

test('the server is still there', () => {
  expect(server.child.exitCode).toBeNull();
});
