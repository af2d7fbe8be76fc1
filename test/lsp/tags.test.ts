import { afterAll, beforeAll, expect, test } from 'vitest';
import { DiagnosticTag } from 'vscode-languageserver-protocol/node';
import { policyNamed } from '../../server/src/rules/examples.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server.stop());

test('what is not needed is faded, and an API that is gone is struck through', async () => {
  const uri = 'file:///tags/policy.yaml';
  const peers = '[{ipBlock: {cidr: 192.0.2.0/24}}, {ipBlock: {cidr: 192.0.2.0/24}}]';
  const text = policyNamed('web', 'shop', `podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from: ${peers}`);
  await server.open(uri, text.replace('networking.k8s.io/v1', 'extensions/v1beta1'));
  const tagged = (await server.diagnostics(uri)).flatMap(({ code, tags }) => (tags ? [[code, tags]] : []));
  expect(tagged).toContainEqual(['removed-api-version', [DiagnosticTag.Deprecated]]);
  await server.open('file:///tags/twice.yaml', text);
  const [first] = (await server.diagnostics('file:///tags/twice.yaml')).filter(({ tags }) => tags);
  expect(first?.tags).toEqual([DiagnosticTag.Unnecessary]);
  expect(first?.codeDescription?.href).toMatch(/docs\/rules\/[a-z-]+\.md$/);
});
