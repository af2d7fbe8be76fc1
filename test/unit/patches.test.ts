import { describe, expect, test } from 'vitest';
import { codeLensAt, codeLensPlaces } from '../../server/src/features/codeLens.ts';
import { checkDocument } from '../../server/src/rules/check.ts';
import { documents } from '../../server/src/rules/examples.ts';
import { mayBeOperations } from '../../server/src/workspace/patches.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';
import { findingsAmong } from '../support/findings.ts';

const workload = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, ports: [{name: http, containerPort: 80, protocol: TCP}]}, {name: side, ports: [{containerPort: 9000}]}]}
`;
const policy = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress]
  ingress: [{from: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: 80}, {port: 81}]}]
`;
const base = documents(workload, policy);

/** A workspace of files below file:///w. */
function workspaceOf(files: Readonly<Record<string, string>>): Workspace {
  const workspace = new Workspace();
  workspace.setFolders(['file:///w']);
  for (const [name, text] of Object.entries(files)) workspace.set(`file:///w/${name}`, text);
  return workspace;
}

const clusterIn = (workspace: Workspace, name = 'kustomization.yaml') => workspace.viewFor(`file:///w/${name}`).cluster;

/** What a kustomization's patches make of the workload and the policy. */
function patchedBy(patches: string, files: Readonly<Record<string, string>> = {}, manifest = base) {
  const { workloads, policies } = clusterIn(
    workspaceOf({ 'kustomization.yaml': `resources: [all.yaml]\n${patches}`, 'all.yaml': manifest, ...files }),
  );
  return { workload: workloads[0]?.value, policy: policies[0]?.value, workloads, policies };
}

/** A patch in the kustomization itself, with or without a target. */
const inline = (patch: string, target?: string): string =>
  `patches:\n  - ${target ? `target: ${target}\n    ` : ''}patch: |-\n${patch
    .trimEnd()
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n')}\n`;

const ofWorkload = (rest: string, name = 'web') => inline(`apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${name}}\n${rest}`);
const ofPolicy = (rest: string) => inline(`apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web}\n${rest}`);
const onPolicy = (...operations: readonly string[]) => inline(operations.map((one) => `- ${one}`).join('\n'), '{kind: NetworkPolicy}');

const labelsUnder = (patches: string) => {
  const { 'pod-template-hash': _, ...labels } = patchedBy(patches).workload?.podLabels ?? {};
  return labels;
};
const portsUnder = (patches: string) =>
  patchedBy(patches).workload?.ports.map(({ name, port, protocol }) => `${port}/${protocol}${name ? ` ${name}` : ''}`);
const rulesUnder = (patches: string) =>
  patchedBy(patches).policy?.ingress?.map(({ peers, ports }) => `${peers.length} peers, ${ports.map(({ port }) => port).join(' ')}`);
const subjectUnder = (patches: string) => patchedBy(patches).policy?.subject.pods?.requirements.map(({ key, values }) => `${key}=${values.join()}`);

describe('a strategic merge', () => {
  test('changes labels of pods: new, other, none', () => {
    expect(labelsUnder(ofWorkload('spec: {template: {metadata: {labels: {tier: front}}}}'))).toEqual({ app: 'web', tier: 'front' });
    expect(labelsUnder(ofWorkload('spec: {template: {metadata: {labels: {app: other}}}}'))).toEqual({ app: 'other' });
    expect(labelsUnder(ofWorkload('spec: {template: {metadata: {labels: {app: null}}}}'))).toEqual({});
    expect(labelsUnder(ofWorkload('spec: {replicas: 3}'))).toEqual({ app: 'web' });
  });

  test('goes into containers by name, and into their ports by number and protocol', () => {
    const container = (rest: string) => ofWorkload(`spec: {template: {spec: {containers: [${rest}]}}}`);
    expect(portsUnder(container('{name: web, image: x}'))).toEqual(['80/TCP http', '9000/TCP']);
    expect(portsUnder(container('{name: web, ports: [{containerPort: 80, protocol: TCP, name: main}]}'))).toEqual(['80/TCP main', '9000/TCP']);
    expect(portsUnder(container('{name: web, ports: [{containerPort: 80, protocol: UDP}]}'))).toEqual(['80/UDP', '80/TCP http', '9000/TCP']);
    expect(portsUnder(container('{name: new, ports: [{containerPort: 1}]}'))).toEqual(['1/TCP', '80/TCP http', '9000/TCP']);
    expect(portsUnder(container('{name: side, $patch: delete}'))).toEqual(['80/TCP http']);
    expect(portsUnder(container('{$patch: replace}, {name: new, ports: [{containerPort: 1}]}'))).toEqual(['1/TCP']);
    expect(portsUnder(container('{name: web, ports: null}'))).toEqual(['9000/TCP']);
  });

  test('leaves a port as it is where one of the two says no protocol and the other does, as Kustomize does', () => {
    const container = (name: string, ports: string) => ofWorkload(`spec: {template: {spec: {containers: [{name: ${name}, ports: ${ports}}]}}}`);
    expect(portsUnder(container('web', '[{containerPort: 80, name: main}]'))).toEqual(['80/TCP http', '9000/TCP']);
    expect(portsUnder(container('side', '[{containerPort: 9000, protocol: UDP}]'))).toEqual(['9000/TCP', '80/TCP http']);
    expect(portsUnder(container('side', '[{containerPort: 9000, name: admin}, {containerPort: 9001}]'))).toEqual([
      '9000/TCP admin',
      '9001/TCP',
      '80/TCP http',
    ]);
    expect(portsUnder(container('web', '[{containerPort: 80, protocol: TCP, $patch: delete}]'))).toEqual(['9000/TCP']);
  });

  test('reaches containers that run beside, too', () => {
    const sidecar = '{name: proxy, restartPolicy: Always, ports: [{containerPort: 1}, {containerPort: 2}]}';
    const patch = 'spec: {template: {spec: {initContainers: [{name: proxy, ports: [{containerPort: 2, name: admin}]}]}}}';
    const manifest = workload.replace('spec: {containers', `spec: {initContainers: [${sidecar}], containers`);
    const { workload: one } = patchedBy(ofWorkload(patch), {}, manifest);
    expect(one?.ports.map(({ port, name }) => `${port} ${name ?? ''}`)).toEqual(['80 http', '9000 ', '2 admin', '1 ']);
  });

  test('says whether pods are of the host network', () => {
    expect(patchedBy(ofWorkload('spec: {template: {spec: {hostNetwork: true}}}')).workload?.hostNetwork).toBe(true);
  });

  test('replaces lists of policies, and merges their selectors', () => {
    expect(rulesUnder(ofPolicy('spec: {ingress: [{ports: [{port: 443}]}]}'))).toEqual(['0 peers, 443']);
    expect(rulesUnder(ofPolicy('spec: {ingress: null}'))).toEqual([]);
    expect(subjectUnder(ofPolicy('spec: {podSelector: {matchLabels: {tier: front}}}'))).toEqual(['app=web', 'tier=front']);
    expect(subjectUnder(ofPolicy('spec: {podSelector: {$patch: replace, matchLabels: {tier: front}}}'))).toEqual(['tier=front']);
  });

  test('takes away', () => {
    expect(patchedBy(ofPolicy('$patch: delete')).policies).toEqual([]);
  });

  test('is for the resource that it names, alone', () => {
    expect(labelsUnder(ofWorkload('spec: {template: {metadata: {labels: {app: other}}}}', 'another'))).toEqual({ app: 'web' });
    expect(labelsUnder(ofWorkload('spec: {template: {metadata: {labels: {app: other}}}}').replace('apps/v1', 'apps/v2'))).toEqual({ app: 'web' });
  });

  test('of a custom resource replaces its lists', () => {
    const rollout = workload.replace('apps/v1', 'argoproj.io/v1alpha1').replace('Deployment', 'Rollout');
    const patch = inline(
      'apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: new, ports: [{containerPort: 1}]}]}}}',
    );
    expect(patchedBy(patch, {}, rollout).workload?.ports.map(({ port }) => port)).toEqual([1]);
  });

  test('of a Service reaches its ports by number', () => {
    const service =
      'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80, protocol: TCP, targetPort: 1}, {port: 81, protocol: TCP}]}\n';
    const patch = inline('apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80, protocol: TCP, targetPort: 8080}]}');
    const workspace = workspaceOf({ 'kustomization.yaml': `resources: [all.yaml]\n${patch}`, 'all.yaml': service });
    expect(clusterIn(workspace).services[0]?.value.ports.map(({ port, targetPort }) => `${port} ${targetPort}`)).toEqual(['80 8080', '81 81']);
  });
});

describe('operations', () => {
  test.each([
    ['replace a value', '{op: replace, path: /spec/ingress/0/ports/0/port, value: 8080}', ['1 peers, 8080 81']],
    ['remove an item', '{op: remove, path: /spec/ingress/0/ports/0}', ['1 peers, 81']],
    ['add an item', '{op: add, path: /spec/ingress/0/ports/0, value: {port: 79}}', ['1 peers, 79 80 81']],
    ['add one at the end', '{op: add, path: /spec/ingress/-, value: {}}', ['1 peers, 80 81', '0 peers, ']],
    ['add a key', '{op: add, path: /spec/ingress/0/from, value: []}', ['0 peers, 80 81']],
    ['replace a key that is not there', '{op: replace, path: /spec/egress, value: []}', ['1 peers, 80 81']],
    ['move', '{op: move, from: /spec/ingress/0/ports/1, path: /spec/ingress/0/ports/0}', ['1 peers, 81 80']],
    ['copy', '{op: copy, from: /spec/ingress/0, path: /spec/ingress/-}', ['1 peers, 80 81', '1 peers, 80 81']],
    ['test', '{op: test, path: /spec/ingress/0/ports/0/port, value: 80}', ['1 peers, 80 81']],
  ])('%s', (_, operation, rules) => {
    expect(rulesUnder(onPolicy(operation))).toEqual(rules);
  });

  test('come one after the other, and none of them where one cannot be done', () => {
    const remove = '{op: remove, path: /spec/ingress/0/ports/0}';
    expect(rulesUnder(onPolicy(remove, remove))).toEqual(['1 peers, ']);
    expect(rulesUnder(onPolicy(remove, remove, remove))).toEqual(['1 peers, 80 81']);
    expect(rulesUnder(onPolicy(remove, '{op: add, path: /spec/nowhere/x, value: 1}'))).toEqual(['1 peers, 80 81']);
    expect(rulesUnder(onPolicy(remove, '{op: add, path: spec, value: 1}'))).toEqual(['1 peers, 80 81']);
  });

  test('reach keys with slashes and tildes', () => {
    const patch = inline('- {op: add, path: /spec/template/metadata/labels/a~1b~0c, value: d}', '{kind: Deployment}');
    expect(labelsUnder(patch)).toEqual({ app: 'web', 'a/b~c': 'd' });
  });

  test('rename', () => {
    expect(patchedBy(onPolicy('{op: replace, path: /metadata/name, value: other}')).policy?.name).toBe('other');
  });

  test('are for a target, and without one for nothing', () => {
    expect(rulesUnder(inline('- {op: remove, path: /spec/ingress/0}'))).toEqual(['1 peers, 80 81']);
  });
});

describe('a target', () => {
  const patch = (target: string) =>
    subjectUnder(inline('- {op: replace, path: /spec/podSelector/matchLabels/app, value: hit}', target)) as readonly string[];
  test.each([
    '{}',
    '{kind: NetworkPolicy}',
    '{kind: Network.*}',
    '{name: web}',
    '{name: w.b}',
    '{name: "web|api"}',
    '{name: "(web|api)"}',
    '{name: "(w|a)e.*"}',
    '{name: ".*e.*"}',
    '{name: "a|b|c|d|e|f|web"}',
    '{group: networking.k8s.io, version: v1}',
    '{namespace: default}',
    '{labelSelector: "!app"}',
  ])('%s: the policy', (target) => {
    expect(patch(target)).toEqual(['app=hit']);
  });
  test.each([
    '{kind: Policy}',
    '{kind: Network}',
    '{name: we}',
    '{name: eb}',
    '{name: "w[eb"}',
    '{group: apps}',
    '{version: v2}',
    '{namespace: other}',
    '{labelSelector: app=web}',
    '{labelSelector: "app in (web)"}',
    '{annotationSelector: a=b}',
  ])('%s: not the policy', (target) => {
    expect(patch(target)).toEqual(['app=web']);
  });

  test('by labels', () => {
    const under = (selector: string) =>
      patchedBy(inline('- {op: add, path: /spec/template/metadata/labels/hit, value: x}', `{kind: Deployment, labelSelector: "${selector}"}`))
        .workload?.podLabels.hit;
    expect(['app', 'app=web', 'app==web', 'app!=api', 'app=web,!tier'].map(under)).toEqual(['x', 'x', 'x', 'x', 'x']);
    expect(['tier', 'app=api', 'app!=web', '!app', 'app=web,tier'].map(under)).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });

  test('a strategic merge with one is for it, whatever it names itself', () => {
    const text = 'apiVersion: v1\nkind: Any\nmetadata: {name: any, namespace: any}\nspec: {podSelector: {matchLabels: {tier: front}}}';
    const { policy: one } = patchedBy(inline(text, '{kind: NetworkPolicy}'));
    expect([one?.kind, one?.name, one?.namespace, one?.subject.pods?.requirements.length]).toEqual(['NetworkPolicy', 'web', 'default', 2]);
  });

  test('with allowNameChange it gets the name of the patch', () => {
    const patches = `${inline('kind: Any\nmetadata: {name: other}', '{kind: NetworkPolicy}')}    options: {allowNameChange: true}\n`;
    expect(patchedBy(patches).policy?.name).toBe('other');
  });
});

describe('labels of kustomizations', () => {
  const service = 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n';
  const job = 'apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: web}\nspec: {jobTemplate: {spec: {template: {spec: {}}}}}\n';
  const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {}\n';
  /** Whether the label has reached the object, its pods, the policy's subject and peers, the Service's selector. */
  const reached = (labels: string, manifest: string) => {
    const workspace = workspaceOf({ 'kustomization.yaml': `resources: [all.yaml]\n${labels}`, 'all.yaml': manifest });
    const { workloads, policies, services } = clusterIn(workspace);
    const has = (requirements: readonly { readonly key: string }[] | undefined) => requirements?.some(({ key }) => key === 'team');
    const [peer] = policies[0]?.value.ingress?.[0]?.peers ?? [];
    return {
      ...(workloads[0] ? { object: workloads[0].value.ownLabels.team, pods: workloads[0].value.podLabels.team } : {}),
      ...(policies[0]
        ? { subject: has(policies[0].value.subject.pods?.requirements), peer: peer?.is === 'pods' && has(peer.pods?.requirements) }
        : {}),
      ...(services[0] ? { selector: services[0].value.selector?.team } : {}),
    };
  };
  const [alone, templates, selectors] = ['', ', includeTemplates: true', ', includeSelectors: true'].map(
    (more) => `labels: [{pairs: {team: a}${more}}]\n`,
  ) as [string, string, string];
  test('reach what kustomize lets them reach', () => {
    expect(reached(alone, base)).toEqual({ object: 'a', pods: undefined, subject: false, peer: false });
    expect(reached(templates, base)).toEqual({ object: 'a', pods: 'a', subject: false, peer: false });
    for (const labels of [selectors, 'commonLabels: {team: a}\n'])
      expect(reached(labels, base)).toEqual({ object: 'a', pods: 'a', subject: true, peer: true });
    expect([alone, templates, selectors].map((labels) => reached(labels, service).selector)).toEqual([undefined, undefined, 'a']);
    expect([alone, templates, selectors].map((labels) => reached(labels, job).pods)).toEqual([undefined, 'a', 'a']);
    expect([alone, templates, selectors].map((labels) => reached(labels, pod).pods)).toEqual(['a', 'a', 'a']);
  });

  test('change no selector without matchLabels, nor policies of others', () => {
    const everyone = policy
      .replace('{matchLabels: {app: web}}', '{}')
      .replace('{matchLabels: {app: api}}', '{matchExpressions: [{key: app, operator: Exists}]}');
    expect(reached(selectors, everyone)).toEqual({ subject: false, peer: false });
    const calico =
      'apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: web}\nspec: {selector: app == "web", podSelector: {matchLabels: {app: web}}}\n';
    expect(reached(selectors, calico)).toEqual({ subject: false, peer: false });
  });
});

describe('where patches stand', () => {
  const merge = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {metadata: {labels: {from: file}}}}\n';
  const operations = '- op: add\n  path: /spec/template/metadata/labels/from\n  value: file\n';
  test.each([
    ['patches', 'patches: [{path: p.yaml}]\n', merge],
    ['patchesStrategicMerge', 'patchesStrategicMerge: [p.yaml]\n', merge],
    ['patchesJson6902', 'patchesJson6902: [{path: p.yaml, target: {kind: Deployment, name: web}}]\n', operations],
    ['patches of operations', 'patches: [{path: p.yaml, target: {kind: Deployment}}]\n', operations],
    [
      'of operations in JSON',
      'patches: [{path: p.yaml, target: {kind: Deployment}}]\n',
      '[{"op": "add", "path": "/spec/template/metadata/labels/from", "value": "file"}]\n',
    ],
    ['of several parts', 'patches: [{path: p.yaml}]\n', `${merge.replace('name: web', 'name: api')}---\n${merge}`],
    ['in another folder', 'patches: [{path: ./more/../p.yaml}]\n', merge],
  ])('%s: a file of theirs adds nothing by itself', (_, patches, text) => {
    const { workloads, workload: one } = patchedBy(patches, { 'p.yaml': text });
    expect([workloads.length, one?.podLabels.from]).toEqual([1, 'file']);
  });

  test('in the text of patchesStrategicMerge', () => {
    expect(labelsUnder(`patchesStrategicMerge:\n  - |-\n    ${merge.trimEnd().replaceAll('\n', '\n    ')}\n`)).toEqual({ app: 'web', from: 'file' });
  });

  test('patchesJson6902 come after the labels of their kustomization, the others before', () => {
    const under = (key: string) =>
      subjectUnder(
        `labels: [{pairs: {team: a}, includeSelectors: true}]\n${inline('- {op: replace, path: /spec/podSelector, value: {matchLabels: {app: other}}}', '{kind: NetworkPolicy}').replace('patches', key)}`,
      );
    expect(under('patches')).toEqual(['app=other', 'team=a']);
    expect(under('patchesJson6902')).toEqual(['app=other']);
  });

  test('those of outer kustomizations come after the names and labels of inner ones, and go by any name that there was', () => {
    const files = {
      'base/kustomization.yaml':
        'resources: [all.yaml]\nnamePrefix: p-\nnameSuffix: -s\nnamespace: shop\nlabels: [{pairs: {team: a}, includeSelectors: true}]\n',
      'base/all.yaml': base,
    };
    for (const name of ['web', 'p-web', 'p-web-s']) {
      const target = `{kind: NetworkPolicy, name: ${name}}`;
      const kustomization = `resources: [../base]\nnamespace: prod\n${inline('- {op: replace, path: /spec/podSelector, value: {matchLabels: {app: other}}}', target)}`;
      const found = clusterIn(workspaceOf({ ...files, 'prod/kustomization.yaml': kustomization }), 'prod/kustomization.yaml').policies[0]?.value;
      expect([found?.name, found?.namespace, found?.subject.pods?.requirements.map(({ key }) => key)]).toEqual([
        'p-web-s',
        'prod',
        name === 'p-web' ? ['app', 'team'] : ['app'],
      ]);
    }
  });
});

describe('what is patched in the editor', () => {
  const files = {
    'base/kustomization.yaml': 'resources: [all.yaml]\n',
    'base/all.yaml': documents(workload, policy.replace('{app: web}}\n  policyTypes', '{app: wbe}}\n  policyTypes')),
  };
  const patch = 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web}\nspec:\n  podSelector: {matchLabels: {app: web}}\n';
  const prod = { ...files, 'prod/kustomization.yaml': 'resources: [../base]\npatches: [{path: p.yaml}]\n', 'prod/p.yaml': patch };
  const ids = (among: Readonly<Record<string, string>>, name: string) => findingsAmong(among, name).map(({ id }) => id);

  test('is judged as it is applied: what a patch mends is not told', () => {
    expect(ids(files, 'base/all.yaml')).toContain('selector-matches-nothing');
    expect(ids(prod, 'base/all.yaml')).not.toContain('selector-matches-nothing');
    const [found] = findingsAmong({ ...prod, 'prod/p.yaml': patch.replace('app: web', 'app: bew') }, 'base/all.yaml').filter(
      ({ id }) => id === 'selector-matches-nothing',
    );
    expect(found?.message).toContain('has none labelled app=bew');
    expect(found?.message).toMatch(/ As the patches of a kustomization leave it\.$/);
    expect(prod['base/all.yaml'].slice(found?.start, found?.end)).toBe('app: wbe');
    // It would mend what stands here, and the patch would stay.
    expect(found?.finding.fixes).toBeUndefined();
  });

  test('is judged anew with each change of a patch', () => {
    const uri = 'file:///w/base/all.yaml';
    const workspace = workspaceOf(prod);
    const said = (patchText: string) => {
      workspace.set('file:///w/prod/p.yaml', patchText);
      const view = workspace.viewFor(uri);
      const found = (workspace.manifest(uri)?.documents ?? []).flatMap(({ document }) => checkDocument(document, view));
      return found.filter(({ rule }) => rule.id === 'selector-matches-nothing').map(({ message }) => /none labelled (\S+);/.exec(message)?.[1]);
    };
    expect(['app: one', 'app: two', 'app: web', 'app: one'].map((label) => said(patch.replace('app: web', label)))).toEqual([
      ['app=one'],
      ['app=two'],
      [],
      ['app=one'],
    ]);
    expect(said('')).toEqual(['app=wbe']);
  });

  test('a lens says so, where a patch changes what counts', () => {
    const titles = (more: string) => {
      const replicas = `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n${more}`;
      const workspace = workspaceOf({
        ...prod,
        'prod/kustomization.yaml': 'resources: [../base]\npatches: [{path: p.yaml}, {path: q.yaml}]\n',
        'prod/q.yaml': replicas,
      });
      const uri = 'file:///w/base/all.yaml';
      const view = workspace.viewFor(uri);
      return (workspace.manifest(uri)?.documents ?? []).map(({ document }) =>
        codeLensAt(document, codeLensPlaces(document, view)[0]?.start ?? -1, view)
          ?.title.split(' · ')
          .at(-1),
      );
    };
    expect(titles('spec: {template: {spec: {containers: [{name: web, image: "x:2"}]}}}\n')).toEqual([
      expect.not.stringContaining('patched'),
      'as patched',
    ]);
    expect(titles('spec: {replicas: 3}\n')).toEqual(['as patched', 'as patched']);
  });

  test('a patch by itself is told what no resource may hold, and nothing of what is missing in it', () => {
    expect(ids(prod, 'prod/p.yaml')).toEqual([]);
    const wrong = `${patch}  podSelectr: {}\n  $patch: replace\n  ingress: [{ports: [{port: 80, protocol: tcp}]}]\n`;
    expect(ids({ ...prod, 'prod/p.yaml': wrong }, 'prod/p.yaml')).toEqual(['unknown-field', 'invalid-protocol']);
    expect(ids({ ...prod, 'prod/p.yaml': 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web}\n' }, 'prod/p.yaml')).toEqual(
      [],
    );
  });

  test('a file that is no patch any more is a resource again', () => {
    const workspace = workspaceOf(prod);
    const count = () => clusterIn(workspace, 'prod/kustomization.yaml').policies.length;
    expect(count()).toBe(1);
    workspace.set('file:///w/prod/kustomization.yaml', 'resources: [../base]\n');
    expect(count()).toBe(2);
  });
});

test('what may be a list of operations is told from manifests by its first sign', () => {
  for (const text of ['- op: add', '# why\n---\n\n  -\n    op: add', '[{"op": "add"}]', '\r\n- {"op" : "add"}', '- path: /a\n  op: add\n'])
    expect([text, mayBeOperations(text)]).toEqual([text, true]);
  for (const text of ['', 'op: add', 'apiVersion: v1\n- op: add', '- a: b\n', '-op: add', '--- {op: add}', '[1]'])
    expect([text, mayBeOperations(text)]).toEqual([text, false]);
  expect(mayBeOperations(`- op: add\n${' '.repeat(1_000_000)}`)).toBe(false);
});

describe('hostile patches end', () => {
  test('aliases that stand for millions', () => {
    const levels = Array.from(
      { length: 30 },
      (_, i) => `  l${i}: &l${i} {a: ${i === 0 ? 'x' : `*l${i - 1}`}, b: ${i === 0 ? 'x' : `*l${i - 1}`}}`,
    ).join('\n');
    const bomb = (kind: string) => `apiVersion: apps/v1\nkind: ${kind}\nmetadata: {name: web}\nspec:\n  selector: {}\n${levels}\n`;
    const { workloads } = patchedBy(
      'patches: [{path: p.yaml}, {path: p.yaml, target: {kind: Deployment}}]\n',
      { 'p.yaml': bomb('Deployment') },
      bomb('Deployment'),
    );
    expect(workloads.length).toBe(1);
  });

  test('patterns that take long match nothing', () => {
    const long = 'a'.repeat(60);
    const manifest = workload.replace('name: web', `name: ${long}b`);
    for (const name of ['(a+)+$', '(a|a)*c', 'a*a*a*a*c', '(?=a)a', `${'(a|a)'.repeat(39)}c`, 'a*(a*)c']) {
      const { workload: one } = patchedBy(inline('- {op: remove, path: /spec/template/metadata/labels/app}', `{name: "${name}"}`), {}, manifest);
      expect(one?.podLabels.app).toBe('web');
    }
  });

  test('what is no patch', () => {
    for (const text of ['', '---\n---\n', '{{ .Values.patch }}', '- 1\n', '- {op: jump, path: /spec}\n', 'a: [', '\0\0', '*none'])
      expect(labelsUnder(`patches:\n  - target: {kind: Deployment}\n    patch: ${JSON.stringify(text)}\n`)).toEqual({ app: 'web' });
    expect(labelsUnder('patches: [1, {}, {path: 2}, {path: gone.yaml}, {path: https://example.org/p.yaml}]\npatchesJson6902: x\n')).toEqual({
      app: 'web',
    });
  });
});
