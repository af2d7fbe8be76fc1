import { describe, expect, test } from 'vitest';
import { hoverAt } from '../../server/src/features/hover.ts';
import { kindTables } from '../../server/src/kinds/registry.ts';
import { atCursor, policyOf } from '../support/cursor.ts';

function hover(marked: string, fieldHelp = true): { readonly markdown: string; readonly on: string } | undefined {
  const { document, offset } = atCursor(marked);
  const found = hoverAt(document, offset, { fieldHelp });
  return found && { markdown: found.markdown, on: document.text.slice(found.range.start, found.range.end) };
}

const full = policyOf(
  'podSelector:\n  matchLabels:\n    app: web\npolicyTypes: [Ingress, Egress]\ningress:\n  - from:\n      - namespaceSelector:\n          matchLabels:\n            kubernetes.io/metadata.name: edge\n        podSelector: {}\n      - ipBlock:\n          cidr: 10.0.0.0/24\n          except: [10.0.0.8/29]\n    ports:\n      - port: 8000\n        endPort: 8010\n      - port: http\n        protocol: UDP\negress: []\n',
);
/** The full policy with the cursor inside the n-th occurrence of a text. */
function on(text: string, occurrence = 1): string {
  let at = -1;
  for (let i = 0; i < occurrence; i++) at = full.indexOf(text, at + 1);
  if (at < 0) throw new Error(`"${text}" does not occur ${occurrence} times.`);
  return `${full.slice(0, at + 1)}$0${full.slice(at + 1)}`;
}

const firstLine = (marked: string) => hover(marked)?.markdown.split('\n\n')[0];

describe('what a value means here', () => {
  test.each([
    ['podSelector', 1, 'Selects pods labelled `app=web` of namespace `shop`.'],
    ['app:', 1, 'Matches pods labelled `app=web`.'],
    ['web', 2, 'Matches pods labelled `app=web`.'],
    [
      'policyTypes',
      1,
      'In: only TCP 8000–8010 and UDP port `http` from every pod of namespace `edge` or addresses in `10.0.0.0/24` except `10.0.0.8/29`. Out: nothing.',
    ],
    ['from:', 1, 'Any one of these peers is enough (OR).'],
    ['namespaceSelector', 1, 'Every pod of namespace `edge`.'],
    ['kubernetes.io/metadata.name', 1, 'Matches namespace `edge`.'],
    ['podSelector', 2, 'Every pod of namespace `edge`.'],
    ['ipBlock', 1, 'Addresses in `10.0.0.0/24` except `10.0.0.8/29`.'],
    ['10.0.0.0/24', 1, '10.0.0.0 – 10.0.0.255, 256 addresses, private (RFC 1918).'],
    ['10.0.0.8/29', 1, 'Left out: 10.0.0.8 – 10.0.0.15, 8 addresses, private (RFC 1918).'],
    ['ports', 1, 'TCP 8000–8010 and UDP port `http`.'],
    ['8000', 1, 'TCP 8000–8010 of the selected pods, TCP because `protocol` is absent.'],
    ['endPort', 1, 'TCP 8000–8010 of the selected pods, TCP because `protocol` is absent.'],
    ['UDP', 1, 'UDP port `http` of the selected pods.'],
    ['egress:', 1, 'Empty here: no rule: nothing goes out, where `Egress` is among the policy types.'],
    ['NetworkPolicy', 1, 'Selects pods labelled `app=web` of namespace `shop`.'],
  ])('%s (%d): %s', (text, occurrence, expected) => {
    expect(firstLine(on(text, occurrence))).toBe(expected);
  });

  test('the kind tells the whole policy', () => {
    expect(hover(on('NetworkPolicy'))?.markdown).toContain('\n\nOut: nothing.');
  });

  test('what cannot be read is told as nobody, and not as everyone', () => {
    for (const from of ['all', '[{namespace: a}]', '[shop]']) {
      const rule = `podSelector: {}\ningress:\n  - FROM: ${from}\n    ports: [80]`;
      expect(firstLine(policyOf(rule.replace('FROM', 'fr$0om')))).toMatch(/^\*\*from\*\*/);
      expect(firstLine(policyOf(rule.replace('FROM', 'from').replace('ingress', 'in$0gress')))).toBe('In: only TCP 80 from nobody.');
    }
    expect(firstLine(policyOf('podSelector: {}\ningress:\n  - po$0rts: any'))).toMatch(/^\*\*ports\*\*/);
    expect(firstLine(policyOf('podSelector: {}\ningress:\n  - fr$0om: []'))).toMatch(/^Empty here: every peer/);
  });

  test('rules that policyTypes leave out are said to be without effect', () => {
    expect(firstLine(policyOf('podSelector: {}\npolicyTypes: [Ingress]\neg$0ress: []'))).toContain('Empty here');
    expect(firstLine(policyOf('podSelector: {}\npolicyTypes: [Ingress]\neg$0ress: [{}]'))).toBe(
      'Without effect: `policyTypes` does not list `Egress`.',
    );
  });

  test.each([
    ['namespaceSelector: {}', 'Every pod of every namespace.'],
    ['namespaceSelector: {matchLabels: {team: a}}', 'Every pod of namespaces labelled `team=a`.'],
    [
      'namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: In, values: [a, b]}]}',
      'Every pod of the namespaces `a` and `b`.',
    ],
    [
      'podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [a, b]}, {key: x, operator: DoesNotExist}]}',
      'Pods labelled `app` not `a` or `b` and no `x` of namespace `shop`.',
    ],
    ['podSelector: {matchExpressions: [{key: app, operator: Exists}]}', 'Pods labelled `app` of any value of namespace `shop`.'],
  ])('%s', (peer, expected) => {
    expect(firstLine(policyOf(`podSelector: {}\ningress:\n  - from:\n      - ${peer.slice(0, 3)}$0${peer.slice(3)}`))).toBe(expected);
  });

  test('an absent namespace is said to be open', () => {
    expect(firstLine('kind: NetworkPolicy\nmetadata: {name: a}\nspec:\n  pod$0Selector: {matchLabels: {a: b}}\n')).toBe(
      'Selects pods labelled `a=b` of the namespace that it is applied to.',
    );
  });
});

describe('what a field is', () => {
  test('documentation, absence, emptiness and a link', () => {
    const markdown = hover(on('ports'))?.markdown ?? '';
    expect(markdown).toContain('**ports** (list of mappings)');
    expect(markdown).toContain('Left out: every port of every protocol.');
    expect(markdown).toContain('[Kubernetes documentation](https://kubernetes.io/docs/');
  });

  test('the range is the key, or the value', () => {
    expect(hover(on('endPort'))?.on).toBe('endPort');
    expect(hover(on('8010'))?.on).toBe('8010');
    expect(hover(on('Ingress'))?.on).toBe('Ingress');
  });

  test('without field help only the meaning is left', () => {
    expect(hover(on('8000'), false)?.markdown).toBe('TCP 8000–8010 of the selected pods, TCP because `protocol` is absent.');
    expect(hover(on('metadata'), false)).toBeUndefined();
  });

  test('every key of every table has a hover', () => {
    let count = 0;
    const text = full;
    for (const match of text.matchAll(/^ *(?:- )?([a-zA-Z]+):/gm)) {
      const at = match.index + match[0].length - 2;
      const marked = `${text.slice(0, at)}$0${text.slice(at)}`;
      expect(hover(marked)?.markdown, match[0]).toBeTruthy();
      count++;
    }
    expect(count).toBeGreaterThan(15);
    expect(kindTables.length).toBeGreaterThan(10);
  });
});

test.each([
  ['a workflow', 'name: CI\non: pu$0sh\njobs: {}\n'],
  ['a Compose file', 'services:\n  web:\n    ports:\n      - "80$0:80"\n'],
  ['a ConfigMap', 'apiVersion: v1\nkind: Config$0Map\nmetadata: {name: a}\n'],
  ['a blank line', `${policyOf('podSelector: {}')}\n$0\n`],
  ['an unknown key', policyOf('podSelector: {}\nfo$0o: 1')],
])('nothing is said in %s', (_, marked) => {
  expect(hover(marked)).toBeUndefined();
});

test('a workload tells what its labels are for', () => {
  const deployment =
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  template:\n    metadata:\n      la$0bels:\n        app: web\n';
  expect(hover(deployment)?.markdown).toContain('what policies and Services select by');
});

test('a resource inside a List has hovers too', () => {
  const list =
    'apiVersion: v1\nkind: List\nitems:\n  - apiVersion: networking.k8s.io/v1\n    kind: NetworkPolicy\n    metadata: {name: a, namespace: shop}\n    spec:\n      podSel$0ector: {}\n';
  expect(firstLine(list)).toBe('Selects every pod of namespace `shop`.');
});

test('a selector of Calico is read out where it stands', () => {
  const selector =
    'apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: a}\nspec:\n  selector: app =$0= "web"\n  types: [Ingress]\n';
  expect(hover(selector)?.markdown).toContain('Pods labelled `app=web`.\n');
});

test('behind a brace the first key is meant, on a brace the item', () => {
  const rule = (cursor: (brace: string, key: string) => string) =>
    policyOf(`podSelector: {}\npolicyTypes: [Ingress]\ningress: [${cursor('{', 'from: [{podSelector: {}}]}')}]\n`);
  expect(hover(rule((brace, key) => `${brace}$0${key}`))?.on).toBe('from');
  expect(firstLine(rule((brace, key) => `$0${brace}${key}`))).toMatch(/^Allows traffic from every pod of /);
});
