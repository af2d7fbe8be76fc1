import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { connectivityOf } from '../../server/src/connectivity/connectivity.ts';
import { plainSnippet } from '../../server/src/features/snippetText.ts';
import { type Node, resolve } from '../../server/src/syntax/node.ts';
import { parseDocument } from '../../server/src/syntax/parseDocument.ts';
import { splitDocuments } from '../../server/src/syntax/split.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';
import { findingsAmong, findingsIn } from '../support/findings.ts';

/** The scalars that are values below a node. */
function* valuesIn(node: Node | undefined): Iterable<{ readonly start: number; readonly end: number }> {
  const target = resolve(node);
  if (target?.kind === 'map') for (const { value } of target.entries) yield* valuesIn(value);
  else if (target?.kind === 'seq') for (const { value } of target.items) yield* valuesIn(value);
  else if (target && target.end > target.start) yield target;
}

const policy = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec:
  podSelector: { matchLabels: { app: web } }
  policyTypes: [Ingress]
  ingress:
    - from: [{ podSelector: { matchLabels: { app: client } } }]
      ports: [{ port: 80 }]
`;

const deployment = (more = '') => `apiVersion: apps/v1
kind: Deployment
metadata: { name: api, namespace: shop }
spec:
  selector: { matchLabels: { app: api } }
  template:
    metadata: { labels: { app: api } }
    spec:
      containers:
        - name: api
          image: registry/api:1
          ports: [{ containerPort: 80 }]
${more}`;

describe('variables that something fills in before manifests are applied', () => {
  const snippets = JSON.parse(readFileSync('snippets/netpol.json', 'utf8')) as Record<string, { readonly body: readonly string[] }>;
  const examples = Object.values(snippets)
    .map(({ body }) => plainSnippet(body.join('\n')))
    .flatMap((text) => splitDocuments(text).map(({ start, end }) => text.slice(start, end)));

  test.each(['${app}', '${app:=web}', '${{APP}}', 'a-$(app)-b', '$APP'])('%s is refused nowhere in a policy', (variable) => {
    let count = 0;
    for (const text of examples) {
      for (const { start, end } of valuesIn(parseDocument(text).root)) {
        // A document of no known kind is no manifest.
        if (/(apiVersion|kind):\s*$/.test(text.slice(0, start))) continue;
        const filled = `${text.slice(0, start)}${variable}${text.slice(end)}`;
        const isBetweenBrackets = /[[{]/.test(text.slice(text.lastIndexOf('\n', start) + 1, start));
        if (isBetweenBrackets && variable.includes('{{')) continue;
        expect([filled, findingsIn(filled).filter(({ severity }) => severity === 'error')]).toEqual([filled, []]);
        count++;
      }
    }
    expect(count).toBeGreaterThan(100);
  });

  test('between brackets their braces end nothing', () => {
    expect(findingsIn(policy.replace('app: web', 'app: ${app}').replace('port: 80', 'port: ${PORT:-80}'))).toEqual([]);
  });

  test('a mistake beside them is told', () => {
    const ids = (text: string) => findingsIn(text).map(({ id }) => id);
    expect(ids(policy.replace('app: web', 'app: ${app}').replace('port: 80', 'port: 70000'))).toContain('invalid-port');
    expect(ids(policy.replace('app: web }', 'app: ${app}'))).toContain('yaml-syntax');
  });

  test('make no duplicates: each may stand for another name', () => {
    const one = policy.replace('name: web', 'name: "${app}"');
    const ids = (text: string) => findingsAmong({ 'a.yaml': text, 'b.yaml': text }, 'a.yaml').map(({ id }) => id);
    expect(ids(policy)).toContain('duplicate-resource');
    expect(ids(one)).not.toContain('duplicate-resource');
    expect(ids(policy.replace('namespace: shop', 'namespace: "${ns}"'))).not.toContain('duplicate-resource');
  });

  test('what containers are given leaves the rest known', () => {
    const told = (more: string) => findingsAmong({ 'a.yaml': policy, 'b.yaml': deployment(more) }, 'a.yaml').map(({ id }) => id);
    expect(told('')).toContain('selector-matches-nothing');
    expect(told('          args: ["--ip=$(POD_IP)", "${HOME}"]\n')).toContain('selector-matches-nothing');
    expect(told('          ports: [{ containerPort: ${PORT} }]\n')).not.toContain('selector-matches-nothing');
  });

  test('what a policy means is told where they are but labels, ports and ranges', () => {
    const ids = (spec: string) =>
      findingsIn(
        `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: web, namespace: "\${ns}" }\nspec:\n  podSelector: { matchLabels: { app: "\${app}" } }\n${spec}`,
      ).map(({ id }) => id);
    const egress = '  egress: [{ to: [{ ipBlock: { cidr: "${net}" } }], ports: [{ port: "${port}" }] }]\n';
    expect(ids(`  policyTypes: [Ingress]\n${egress}`)).toEqual(['policy-type-denies-all', 'rules-ignored-by-policy-types']);
    expect(ids(egress)).toEqual(['implicit-policy-types']);
    expect(ids(`  policyTypes: ["\${type}"]\n${egress}`)).toEqual([]);
    expect(ids(`  policyTypes: [Ingress]\n  "\${direction}": []\n${egress}`)).toEqual([]);
  });

  test('of a container’s port of which one is part nothing is compared', () => {
    const pod = (port: string) =>
      `apiVersion: v1\nkind: Pod\nmetadata: { name: web, namespace: shop, labels: { app: web } }\nspec: { containers: [{ name: web, image: web, ports: [${port}] }] }\n`;
    const ingress = policy.replace('port: 80', 'port: 81');
    const ids = (port: string) => findingsAmong({ 'a.yaml': ingress, 'b.yaml': pod(port) }, 'a.yaml').map(({ id }) => id);
    expect(ids('{ containerPort: 80 }')).toContain('port-not-exposed');
    expect(ids('{ containerPort: 80 }, { containerPort: "${PORT}" }')).not.toContain('port-not-exposed');
    expect(ids('{ containerPort: 81, protocol: UDP }')).toContain('protocol-mismatch');
    expect(ids('{ containerPort: 81, protocol: "${PROTOCOL}" }')).not.toContain('protocol-mismatch');
  });

  test('a namespace may have the label of which one is the value', () => {
    const peer = `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: web, namespace: shop }\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n  ingress: [{ from: [{ namespaceSelector: { matchLabels: { name: edge } } }] }]\n`;
    const messages = (label: string) =>
      findingsAmong(
        { 'a.yaml': peer, 'b.yaml': `apiVersion: v1\nkind: Namespace\nmetadata: { name: edge, labels: { name: "${label}" } }\n` },
        'a.yaml',
      )
        .filter(({ id }) => id === 'namespace-name-label')
        .map(({ message }) => message);
    expect(messages('${name}')).toEqual([]);
    expect(messages('other')).toEqual([expect.stringMatching(/^Namespace edge has "other" for its label "name", so that this means no namespace/)]);
  });

  test('the same variable is the same text', () => {
    const files = {
      'a.yaml': policy.replace('shop', '"${ns}"').replace('app: web', 'app: "${app}"'),
      'b.yaml': deployment().replace('shop', '"${ns}"').replaceAll('app: api', 'app: "${app}"'),
    };
    expect(findingsAmong(files, 'a.yaml').map(({ id }) => id)).toEqual([]);
  });

  test('also between brackets, without quotes', () => {
    const files = { 'a.yaml': policy.replace('app: web', 'app: ${app}'), 'b.yaml': deployment().replaceAll('app: api', 'app: ${app}') };
    const workspace = new Workspace();
    workspace.setFolders(['file:///work']);
    for (const [name, text] of Object.entries(files)) workspace.set(`file:///work/${name}`, text);
    const connectivity = connectivityOf(workspace.viewFor('file:///work/a.yaml').cluster);
    expect(connectivity.endpoints.map((endpoint) => connectivity.policiesOf(endpoint, 'ingress').flatMap(([, policies]) => policies).length)).toEqual(
      [1],
    );
  });
});
