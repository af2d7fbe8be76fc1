import { describe, expect, test } from 'vitest';
import { renameEdits, renameTargetAt } from '../../server/src/features/rename.ts';
import { renameProblem } from '../../server/src/features/renameProblem.ts';
import { adminPolicyWith, deployment, documents, namespaceNamed, policyNamed, service } from '../../server/src/rules/examples.ts';
import { applyEdits } from '../../server/src/syntax/textEdit.ts';
import { filesOf, root, spotAt, workspaceWith } from '../support/at.ts';

type Files = Readonly<Record<string, string>>;

/** The files after a rename, or why it is refused; edits that are not sure are marked by «». */
function rename(files: Files, name: string, text: string, newName: string, nth = 1): Files | string | undefined {
  const workspace = workspaceWith(files);
  const { placed, offset, view } = spotAt(workspace, name, text, nth);
  const found = renameTargetAt(placed.document, offset, view);
  if (!found) return undefined;
  const problem = renameProblem(found.target, newName, view);
  if (problem) return problem;
  return Object.fromEntries(
    Object.keys(files).map((file) => {
      const manifest = workspace.manifest(`${root}/${file}`);
      const edits = (manifest?.documents ?? []).flatMap(({ document, start }) =>
        renameEdits(document, found.target, newName, view).map((edit) => ({
          ...edit,
          start: edit.start + start,
          end: edit.end + start,
          newText: edit.sure ? edit.newText : `«${edit.newText}»`,
        })),
      );
      return [file, applyEdits(files[file] ?? '', edits)];
    }),
  );
}

const example = filesOf('examples/fixed');
const policies = 'network-policies.yaml';
const replaced = (files: Files, ...pairs: readonly (readonly [RegExp, string])[]): Files =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [name, pairs.reduce((so, [pattern, by]) => so.replace(pattern, by), text)]));

describe('a label’s value', () => {
  test('is renamed on pods, workloads, Services and in selectors', () => {
    expect(rename(example, policies, 'frontend\n  policyTypes', 'web')).toEqual(replaced(example, [/app: frontend/g, 'app: web']));
  });

  test('also in expressions and in documents of other kinds; outside labels, and in templates, to be confirmed', () => {
    const files = {
      'a.yaml': documents(
        deployment('web', 'shop'),
        policyNamed('p', 'shop', 'podSelector:\n  matchExpressions:\n    - {key: app, operator: In, values: ["web", other]}\npolicyTypes: [Ingress]'),
        'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b}\nspec:\n  selector: {matchLabels: {app: web}}\n',
        'settings:\n  app: web\nnodeSelector:\n  app: web\n',
        'metadata:\n  labels:\n    app: web\n    chart: {{ .Chart.Name }}\n',
      ),
    };
    const result = rename(files, 'a.yaml', 'web}', 'front') as Files;
    const lines = (result['a.yaml'] ?? '').split('\n').filter((line) => /front|app: web/.test(line));
    expect(lines.map((line) => line.trim())).toEqual([
      'matchLabels: {app: front}',
      'app: front',
      '- {key: app, operator: In, values: ["front", other]}',
      'selector: {matchLabels: {app: front}}',
      'app: «front»',
      'app: web',
      'app: «front»',
    ]);
  });

  test('is refused where others have it already, or where it is no label value', () => {
    expect(rename(example, policies, 'frontend\n  policyTypes', 'backend')).toBe(
      'Deployment backend is labelled app=backend already; selectors would mean both.',
    );
    expect(rename(example, policies, 'frontend\n  policyTypes', 'a b')).toContain('"a b" is not valid');
  });
});

test('a label’s key is renamed wherever it is a label', () => {
  expect(rename(example, policies, 'app: frontend', 'component')).toEqual(
    replaced(example, [/(labels|matchLabels|selector):\n( +)app:/g, '$1:\n$2component:']),
  );
});

test('a label is renamed in selectors of Calico that are written over several lines', () => {
  const calico = (value: string) =>
    `apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  selector: >-\n    has(app) &&\n    app in {'${value}', 'api'}\n`;
  const files = (value: string): Files => ({ 'a.yaml': calico(value), 'b.yaml': deployment('web', 'shop').replaceAll('app: web', `app: ${value}`) });
  expect(rename(files('web'), 'b.yaml', 'web\n    spec', 'front')).toEqual(files('front'));
});

describe('a namespace', () => {
  test('is renamed at its manifest, in resources, and where policies name it', () => {
    expect(rename(example, 'namespaces.yaml', 'app-namespace', 'shop')).toEqual(
      replaced(example, [/namespace: app-namespace/g, 'namespace: shop'], [/name: app-namespace/g, 'name: shop']),
    );
  });

  test('names of Services in it are to be confirmed', () => {
    const files = {
      'a.yaml': documents(namespaceNamed('shop'), deployment('web', 'shop'), 'data:\n  url: http://web.shop.svc.cluster.local:80\n  shop: shop\n'),
    };
    const result = rename(files, 'a.yaml', 'shop\n', 'store') as Files;
    expect(result['a.yaml']).toContain('url: «http://web.store.svc.cluster.local:80»\n  shop: shop\n');
  });

  test('is refused where there is one of that name, and for the cluster’s own', () => {
    expect(rename(example, 'namespaces.yaml', 'app-namespace', 'ingress-namespace')).toContain('There is a namespace ingress-namespace already');
    expect(rename({ 'a.yaml': deployment('a', 'kube-system') }, 'a.yaml', 'kube-system', 'mine')).toContain('the cluster');
  });
});

describe('a port’s name', () => {
  const policy = (name: string) =>
    policyNamed(
      name,
      'shop',
      `podSelector: {matchLabels: {app: ${name}}}\npolicyTypes: [Ingress]\ningress:\n  - from: [{podSelector: {}}]\n    ports: [{port: http}]`,
    );
  const files = {
    'web.yaml': documents(
      deployment('web', 'shop', '{name: http, containerPort: 8080}').replace(
        'image: registry.example/web:1',
        'image: registry.example/web:1\n          readinessProbe: {httpGet: {port: http, path: /}}',
      ),
      service('web', 'shop', '{name: http, port: 80, targetPort: http}'),
      policy('web'),
    ),
    'api.yaml': documents(deployment('api', 'shop', '{name: http, containerPort: 9090}'), policy('api')),
  };
  const renamed = replaced(
    { 'web.yaml': files['web.yaml'] },
    [/name: http, containerPort/, 'name: web, containerPort'],
    [/port: http/g, 'port: web'],
    [/targetPort: http/, 'targetPort: web'],
  )['web.yaml'];

  test.each([
    ['the policy', 'port: http}]', 1],
    ['the container', 'http, containerPort', 1],
  ])('is renamed from %s: at the pods that are meant, their probes, Services and policies', (_, text, nth) => {
    const at = text.startsWith('port') ? 'http}]' : text;
    expect(rename(files, 'web.yaml', at, 'web', nth)).toEqual({ ...files, 'web.yaml': renamed });
  });

  test('brings along all pods that some rule means by it', () => {
    const wide = {
      ...files,
      'wide.yaml': policyNamed('wide', 'shop', 'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - ports: [{port: http}]'),
    };
    const result = rename(wide, 'web.yaml', 'http}]', 'web') as Files;
    expect(result['api.yaml']).toBe(files['api.yaml'].replaceAll('http', 'web'));
    expect(result['wide.yaml']).toContain('port: web');
  });

  test('is refused where the pods have one of that name', () => {
    const two = {
      'a.yaml': documents(deployment('web', 'shop', '{name: http, containerPort: 80}', '{name: web, containerPort: 81}'), policy('web')),
    };
    expect(rename(two, 'a.yaml', 'http}]', 'web')).toBe('Deployment web has a port named web already.');
  });
});

test.each([
  ['a number', 'port: 8443', 6],
  ['a kind', 'NetworkPolicy', 0],
  ['a policy’s name', 'default-deny-all', 0],
])('%s is not renamed', (_, text) => {
  expect(rename(example, policies, text, 'x')).toBeUndefined();
});

describe('in the words of Cilium and Calico', () => {
  const cilium = (key: string) =>
    `apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: c, namespace: shop}\nspec:\n  endpointSelector:\n    matchLabels:\n      ${key}: web\n      k8s:io.kubernetes.pod.namespace: shop\n    matchExpressions:\n      - {key: "${key}", operator: In, values: [web]}\n`;
  const calico = (selector: string) =>
    `apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: g}\nspec:\n  selector: ${selector}\n  namespaceSelector: projectcalico.org/name == "shop"\n  types: [Ingress]\n`;
  const files = {
    'a.yaml': documents(deployment('web', 'shop'), cilium('k8s:app'), cilium('any:app')),
    'b.yaml': calico(`app in {'web', 'other'} && app != "web" && app contains 'web' && has(app) || tier == 'web'`),
    'c.yaml': calico(`"app == 'web' || !has(app)"`),
  };
  test('a label’s value', () => {
    expect(rename(files, 'a.yaml', 'web\n      k8s:io', 'web-2')).toEqual({
      'a.yaml': files['a.yaml'].replace(/app: web/g, 'app: web-2').replaceAll('[web]', '[web-2]'),
      'b.yaml': files['b.yaml'].replace(`'web', 'other'`, `'web-2', 'other'`).replace('!= "web"', '!= "web-2"'),
      'c.yaml': files['c.yaml'].replace('web', 'web-2'),
    });
  });
  test('in selectors between quotes that are written twice', () => {
    const quoted = { 'a.yaml': documents(deployment('web', 'shop'), calico("'app == ''web'' && has(app)'"), calico('"app == \\"web\\""')) };
    expect(rename(quoted, 'a.yaml', 'web}', 'front')).toEqual(
      replaced(quoted, [/app: web/g, 'app: front'], [/''web''/, "''front''"], [/\\"web\\"/, '\\"front\\"']),
    );
    expect(rename(quoted, 'a.yaml', 'app: web', 'part')).toEqual(
      replaced(quoted, [/\bapp: web/g, 'part: web'], [/app ==/g, 'part =='], [/has\(app\)/, 'has(part)']),
    );
  });
  test('a label of namespaces', () => {
    const asked = {
      'a.yaml': documents(namespaceNamed('shop', 'team: red'), cilium('k8s:io.cilium.k8s.namespace.labels.team').replaceAll('web', 'red')),
    };
    expect(rename(asked, 'a.yaml', 'team', 'crew')).toEqual(replaced(asked, [/team/g, 'crew']));
    expect(rename(asked, 'a.yaml', 'red', 'blue')).toEqual(replaced(asked, [/red/g, 'blue']));
    expect(rename({ 'a.yaml': cilium('io.cilium.k8s.policy.serviceaccount') }, 'a.yaml', 'serviceaccount', 'x')).toBeUndefined();
  });
  test('is refused where a selector would mean others then', () => {
    const problem = (holder: string, name: string, old: string) =>
      `A selector of ${holder} fits "${name}" otherwise than "${old}": it would mean others then.`;
    expect(rename(files, 'a.yaml', 'web\n      k8s:io', 'front')).toBe(problem('GlobalNetworkPolicy g', 'front', 'web'));
    const not = { ...files, 'b.yaml': calico("app not in {'other'}"), 'd.yaml': service('other', 'shop', '{port: 80}') };
    expect(rename(not, 'a.yaml', 'web\n      k8s:io', 'other')).toBe(problem('GlobalNetworkPolicy g', 'other', 'web'));
    expect(rename({ ...not, 'b.yaml': '' }, 'a.yaml', 'web\n      k8s:io', 'other')).toBe(problem('Service other', 'other', 'web'));
    expect(rename({ ...files, 'b.yaml': calico('has(part)') }, 'a.yaml', 'app: web', 'part')).toBe(problem('GlobalNetworkPolicy g', 'part', 'app'));
    const named = { ...files, 'b.yaml': files['b.yaml'].replace('== "shop"', "starts with 'sh'") };
    expect(rename(named, 'a.yaml', 'shop', 'store')).toBe(problem('GlobalNetworkPolicy g', 'store', 'shop'));
    expect(rename(named, 'a.yaml', 'shop', 'shops')).toBeTypeOf('object');
  });
  test('a port’s name', () => {
    const ports = {
      'a.yaml': documents(
        deployment('web', 'shop', '{name: http, containerPort: 8080}'),
        `${cilium('k8s:app')}  ingress:\n    - toPorts:\n        - ports: [{port: http}]\n`,
        `${cilium('k8s:app')}  egress:\n    - toPorts:\n        - ports: [{port: http}, {port: "53"}]\n`,
      ),
      'b.yaml': `${calico('all()')}  ingress:\n    - action: Allow\n      destination: {ports: [http, 90]}\n`,
      'c.yaml': policyNamed('p', 'shop', 'podSelector: {}\npolicyTypes: [Egress]\negress:\n  - ports: [{port: http}]'),
      'd.yaml': adminPolicyWith(
        'subject: {namespaces: {}}\npriority: 1\ningress:\n  - action: Allow\n    from: [{namespaces: {}}]\n    ports: [{namedPort: http}]',
      ),
    };
    const all = replaced(ports, [/(name|port|namedPort): http\b/g, '$1: web'], [/\[http, 90\]/, '[web, 90]']);
    for (const [file, text] of [
      ['a.yaml', 'http, cont'],
      ['a.yaml', 'http}'],
      ['b.yaml', 'http'],
      ['c.yaml', 'http'],
      ['d.yaml', 'http'],
    ] as const)
      expect(rename(ports, file, text, 'web'), file).toEqual(all);
  });
  test.each(['app: web', 'app: web\n      k8s:io'])('a label’s key, from %j', (from) => {
    const { placed, offset, view } = spotAt(workspaceWith(files), 'a.yaml', from);
    const found = renameTargetAt(placed.document, offset, view);
    expect(found?.target).toEqual({ is: 'label-key', name: 'app' });
    expect(found && placed.document.text.slice(found.at.start, found.at.end)).toBe('app');
    expect(rename(files, 'a.yaml', from, 'part')).toEqual({
      'a.yaml': files['a.yaml'].replace(/\bapp: web/g, 'part: web').replaceAll(':app"', ':part"'),
      'b.yaml': files['b.yaml'].replace(/\bapp\b/g, 'part'),
      'c.yaml': files['c.yaml'].replace(/\bapp\b/g, 'part'),
    });
  });
  test('a namespace', () => {
    expect(rename(files, 'a.yaml', 'shop', 'store')).toEqual({
      'a.yaml': files['a.yaml'].replaceAll('shop', 'store'),
      'b.yaml': files['b.yaml'].replaceAll('shop', 'store'),
      'c.yaml': files['c.yaml'].replaceAll('shop', 'store'),
    });
  });
});
