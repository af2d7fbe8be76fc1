import { describe, expect, test } from 'vitest';
import { type Completion, completionsAt } from '../../server/src/features/completion.ts';
import { plainSnippet } from '../../server/src/features/snippetText.ts';
import { adminPolicyWith, deployment, documents, namespaceNamed, policyNamed } from '../../server/src/rules/examples.ts';
import type { Rule, RulePage } from '../../server/src/rules/rule.ts';
import { calicoWith, ciliumWith } from '../../server/src/rules/vendor.ts';
import { applyEdits } from '../../server/src/syntax/textEdit.ts';
import { root, workspaceWith } from '../support/at.ts';
import { withoutCarets } from '../support/carets.ts';
import { cutsOf } from '../support/cuts.ts';
import { findingsIn, type Surroundings, textAfterFix } from '../support/findings.ts';
import { inStyle, isOneValue, styles, valuesOf } from '../support/yamlStyles.ts';

const modules = import.meta.glob<{ rule?: Rule; page?: RulePage }>('../../server/src/rules/*.ts', { eager: true });
const pages = Object.values(modules).flatMap(({ rule, page }) => (rule && page ? [{ id: rule.id, page }] : []));

/** Policies of their own stand behind a document, where something can. */
const isOfMoreDocuments = (line: string) => /^(?:[\w-]+: Create the policy |no-default-deny: Create )/.test(line);

/** In a text that stands in quotes of the one kind, values are written in those of the other. */
const alike = (line: string) => (line.startsWith('calico-selector: Write ') ? line.replace(/\\"|["']/g, '"') : line);

/** What is found in a text, and what is made of it by what is offered: its values, whatever their style. */
function said(text: string, style: (typeof styles)[number], surroundings: Surroundings): readonly string[] {
  const lines = findingsIn(text, {}, 'policy.yaml', surroundings).flatMap((found) => {
    const fixes = (found.finding.fixes?.() ?? []).filter(({ edits }) => edits.length > 0);
    const mended = fixes.map(({ title }, index) => `${found.id}: ${title}: ${valuesOf(textAfterFix(text, found, index) ?? '')}`);
    return [`${found.severity} ${found.id}: ${found.message}`, ...mended];
  });
  return lines
    .filter((line) => !isOneValue(style) || !isOfMoreDocuments(line))
    .map(alike)
    .sort();
}

describe.each(styles.slice(1))('written %s', (style) => {
  test.each(pages)('$id is told and mended as in block style', ({ page }) => {
    for (const { bad, ...surroundings } of [...page.examples, ...page.good.map((bad) => ({ bad }))]) {
      const [plain, styled] = [inStyle(withoutCarets(bad), 'in block style'), inStyle(withoutCarets(bad), style)];
      if (plain !== undefined && styled !== undefined) expect(said(styled, style, surroundings), styled).toEqual(said(plain, style, surroundings));
    }
  });
});

/** Manifests in which much can be completed, one of each family. */
const written = {
  Kubernetes: policyNamed(
    'web',
    'shop',
    'podSelector: {matchLabels: {app: web, tier: "on"}}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - {namespaceSelector: {matchLabels: {team: a}}, podSelector: {matchExpressions: [{key: app, operator: In, values: [db]}]}}\n      - ipBlock: {cidr: "::/0", except: ["fc00::/7"]}\n    ports: [{port: 80, protocol: TCP}]\negress: [{to: [{podSelector: {matchLabels: {app: db}}}], ports: [{port: 5432, endPort: 5433}]}]',
  ),
  Admin: adminPolicyWith(
    'priority: 5\nsubject: {namespaces: {matchLabels: {team: a}}}\ningress:\n  - {name: a, action: Deny, from: [{namespaces: {}}], ports: [{portNumber: {port: 80, protocol: TCP}}]}',
  ),
  Cilium: ciliumWith(
    'endpointSelector: {matchLabels: {app: web, tier: "on"}}\negress:\n  - toFQDNs: [{matchPattern: "*.example.com"}]\n    toPorts: [{ports: [{port: "443", protocol: TCP}]}]\n  - {toEndpoints: [{matchLabels: {app: db}}], authentication: {mode: required}}',
  ),
  Calico: calicoWith(
    "selector: app == 'web'\ntypes: [Ingress]\ningress:\n  - action: Allow\n    protocol: TCP\n    source: {selector: has(app), nets: [10.0.0.0/8]}\n    destination: {ports: [80]}",
  ),
};
const around = documents(
  deployment('web', 'shop', '{containerPort: 80}').replace(/labels:\n( +)app: web\n/, 'labels:\n$1app: web\n$1tier: "on"\n'),
  deployment('db', 'shop', '{name: y, containerPort: 5432}'),
  namespaceNamed('010'),
);

describe.each(Object.entries(written))('what is completed in a policy of %s', (_, policy) => {
  /** What is offered at each cut, and the text after each of it is taken. */
  const offers = (text: string) => {
    const [placed] = workspaceWith({ 'a.yaml': text }).manifest(`${root}/a.yaml`)?.documents ?? [];
    return [...cutsOf(text, placed?.document.parsed.root)].map((cut) => {
      const workspace = workspaceWith({ 'a.yaml': cut.text, 'b.yaml': around });
      const view = workspace.viewFor(`${root}/a.yaml`);
      const found = completionsAt(cut.text, cut.offset, { fieldHelp: true }, { view, namespace: 'shop' });
      const taken = ({ range, snippet }: Completion) => applyEdits(cut.text, [{ ...range, newText: plainSnippet(snippet) }]);
      return { path: cut.path, cut, labels: found.map(({ label }) => label).sort(), texts: found.map(taken) };
    });
  };
  const plain = new Map(offers(inStyle(policy, 'in block style') ?? '').map(({ path, labels }) => [path, labels]));

  test.each(['in block style', 'with dashes below their key', 'in quotes, indented by four', 'on one line', 'as JSON'] as const)('%s', (style) => {
    const found = offers(inStyle(policy, style) ?? '');
    expect(found.length).toBeGreaterThan(20);
    for (const { path, cut, labels, texts } of found) {
      if (plain.has(path)) expect(labels, cut.text).toEqual(plain.get(path));
      for (const text of texts) expect(() => valuesOf(text), `${cut.text}\n=>\n${text}`).not.toThrow();
    }
    if (style !== 'as JSON') return;
    // Nothing in it is written without its quotes; a value that is still to be typed is none yet.
    for (const { cut, texts } of found.filter(({ path }) => !path.endsWith('=')))
      for (const text of texts) expect(text.replace(/: (?=[,}\n])/g, ': 0'), cut.text).toSatisfy(isJson);
  });
});

function isJson(text: string): boolean {
  try {
    // Where the last or first of several was cut, a comma too many is left.
    JSON.parse(text.replace(/,(\s*[}\]])/g, '$1').replace(/([{[]\s*),/g, '$1'));
    return true;
  } catch {
    return false;
  }
}
