import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';

let folder = '';

const deployment = (name: string) =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${name}}\nspec:\n  template:\n    metadata: {labels: {app: ${name}}}\n    spec: {containers: [{ports: [{name: http, containerPort: 8080}]}]}\n`;

const files: Readonly<Record<string, string>> = {
  'base/kustomization.yaml': 'resources: [web.yaml, api.yaml, policies.yaml]\n',
  'base/web.yaml': deployment('web'),
  'base/api.yaml': deployment('api'),
  'base/policies.yaml':
    'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: api}\nspec:\n  podSelector: {matchLabels: {app: api}}\n  ingress:\n    - from: [{podSelector: {matchLabels: {app: web}}}]\n      ports: [{port: http}]\n',
  'prod/kustomization.yaml':
    'resources: [../base]\ncomponents: [../strict]\nnamespace: prod\nnamePrefix: p-\nlabels:\n  - pairs: {team: shop}\n    includeSelectors: true\npatches: [{path: x.yaml}]\nreplacements: []\n',
  'patched/kustomization.yaml':
    'resources: [../base]\npatches:\n  - path: port.yaml\n  - path: ./types.yaml\n  - target: {kind: NetworkPolicy, name: api}\n    path: peer.yaml\n',
  'patched/port.yaml':
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec: {template: {spec: {containers: [{ports: [{name: http, containerPort: 9090}]}]}}}\n',
  'patched/types.yaml': 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: api}\nspec: {policyTypes: [Ingress]}\n',
  'patched/peer.yaml': '- {op: replace, path: /spec/ingress/0/from/0/podSelector/matchLabels/app, value: other}\n',
  'strict/kustomization.yaml': 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [deny.yaml]\n',
  'strict/deny.yaml':
    'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny}\nspec: {podSelector: {}, policyTypes: [Ingress]}\n',
  'named/kustomization.yaml': 'resources: [../base, ns.yaml]\ncomponents: [../first, ../second]\nnamespace: prod\n',
  'named/ns.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: old, labels: {team: shop}}\n',
  'first/kustomization.yaml': 'kind: Component\nnamePrefix: p-\nresources: [deny.yaml]\n',
  'first/deny.yaml':
    'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web}\nspec:\n  podSelector: {matchLabels: {app: web}}\n  ingress: [{from: [{namespaceSelector: {matchLabels: {team: shop}}, podSelector: {matchLabels: {app: api}}}], ports: [{port: 80}]}]\n',
  'second/kustomization.yaml': 'kind: Component\nnameSuffix: -z\ncomponents: [../second]\n',
  'loop/kustomization.yaml': 'resources: [../loop, ../nowhere, https://example.org/base]\n',
  'old/kustomization.yaml': 'commonLabels: {tier: a}\nresources: [../base, stranger.yaml, ../gitops/release.yaml]\n',
  'gitops/argocd/web.yaml':
    'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web}\nspec:\n  source: {path: apps/web}\n  destination: {namespace: front}\n',
  'gitops/argocd/api.yaml':
    'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: api}\nspec:\n  source: {path: apps/api}\n  destination: {namespace: back}\n',
  'gitops/apps/web/all.yaml': deployment('web'),
  'gitops/apps/api/all.yaml': `${deployment('api')}---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny}\nspec: {podSelector: {}, policyTypes: [Ingress]}\n`,
  'gitops/release.yaml': 'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: db}\n',
  'old/stranger.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: stranger, labels: {app: web}}\nspec: {}\n',
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'netpol-kustomize-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

function netpol(...args: readonly string[]) {
  const { status, stdout, stderr } = runCli(folder, args);
  return { status, stderr, stdout, lines: stdout.split('\n').filter((line) => line && !line.includes('External')) };
}

test('kustomizations that bring in each other twice, which adds up to millions of files, end in a message', () => {
  for (let level = 0; level < 22; level++) {
    for (const side of ['a', 'b']) {
      mkdirSync(join(folder, 'tower', `${side}${level}`), { recursive: true });
      writeFileSync(
        join(folder, 'tower', `${side}${level}`, 'kustomization.yaml'),
        level === 21 ? 'resources: [../../base/web.yaml]\n' : `resources: [../a${level + 1}, ../b${level + 1}]\n`,
      );
    }
  }
  const { status, stderr } = netpol('list', 'tower/a0');
  expect(status).toBe(0);
  rmSync(join(folder, 'tower'), { recursive: true });
  expect(stderr).toContain('tower/a0/kustomization.yaml brings in more than 10,000 files; the rest was not read.');
});

test('what Argo CD delivers is where it lands, in files and in revisions', () => {
  const passes = ['back/api[Deployment] => front/web[Deployment] : All Connections'];
  expect(netpol('list', 'gitops').lines).toEqual(passes);
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], { cwd: join(folder, 'gitops'), stdio: 'pipe' });
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'one');
  const application = join(folder, 'gitops/argocd/web.yaml');
  writeFileSync(application, files['gitops/argocd/web.yaml']?.replace('namespace: front', 'namespace: back') ?? '');
  git('commit', '-qam', 'two');
  const { stdout } = runCli(join(folder, 'gitops'), ['diff', 'HEAD~1..HEAD']);
  expect(stdout).toContain('front/web[Deployment]');
  expect(stdout).toContain('back/web[Deployment]');
  expect(netpol('list', 'gitops').stderr).toContain('netpol: gitops/release.yaml has Helm make resources, which netpol does not see');
  expect(netpol('explain', 'gitops').stdout).toContain('Selects every pod of namespace back.');
});

describe('a kustomization is read as it is applied', () => {
  test('a base', () => {
    expect(netpol('list', 'base').lines).toEqual([
      'default/api[Deployment] => default/web[Deployment] : All Connections',
      'default/web[Deployment] => default/api[Deployment] : TCP 8080',
    ]);
  });

  test('an overlay: its base, its component, its namespace, prefix and labels; what is not followed is said', () => {
    const { lines, stderr, status } = netpol('list', 'prod');
    expect(status).toBe(0);
    expect(lines).toEqual(['prod/p-web[Deployment] => prod/p-api[Deployment] : TCP 8080']);
    expect(stderr).toContain('prod/kustomization.yaml uses replacements, which netpol does not follow');
    expect(stderr).toContain('prod/kustomization.yaml refers to the patch x.yaml, and there is no such file.');
  });

  test('with patches, of both languages; their files are no resources', () => {
    const explained = netpol('explain', 'patched').stdout;
    expect(explained).toContain('pods labelled app=other');
    const { lines, stderr } = netpol('list', 'patched');
    expect([lines, stderr]).toEqual([['default/api[Deployment] => default/web[Deployment] : All Connections'], '']);
    expect(netpol('list', 'patched', '--exposure').stdout).toContain('9090');
    expect(netpol('check', '.').stdout).not.toContain('patched/');
    expect(netpol('explain', '.').stdout).toContain('NetworkPolicy default/api (base/policies.yaml');
    expect(netpol('explain', '.').stdout).not.toContain('patched/');
  });

  test('components change all that their kustomization brings together, and a Namespace moves with it', () => {
    expect(netpol('list', 'named').lines).toEqual([
      'prod/p-api-z[Deployment] => prod/p-web-z[Deployment] : TCP 80',
      'prod/p-web-z[Deployment] => prod/p-api-z[Deployment] : TCP 8080',
    ]);
  });

  test('labels reach selectors and pods', () => {
    const explained = netpol('explain', 'prod').stdout;
    expect(explained).toContain('NetworkPolicy prod/p-api (base/policies.yaml:3)');
    expect(explained).toContain('Selects pods labelled app=api and team=shop of namespace prod.');
    expect(explained).toContain('from pods labelled app=web and team=shop of namespace prod');
    expect(explained).toContain('Selects every pod of namespace prod.');
  });

  test('commonLabels are put on every pod, so that a stranger of the same kustomization fits too', () => {
    expect(netpol('list', 'old', '--focus', 'stranger').lines).toContain('default/stranger[Pod] => default/api[Deployment] : TCP 8080');
  });

  test('loops, missing files and addresses elsewhere are said, and end', () => {
    const { stderr } = netpol('list', 'loop', 'base');
    expect(netpol('list', 'old').stderr).toContain('gitops/release.yaml has Helm make resources');
    expect(stderr).toContain('loop/kustomization.yaml refers to itself');
    expect(stderr).toContain('refers to ../nowhere, and there is no such file');
    expect(stderr).toContain('refers to https://example.org/base, which is elsewhere');
  });

  test('a folder above several is one cluster, and says so', () => {
    expect(netpol('list', '.').stderr).toMatch(/holds \d+ kustomizations .* all files were read as one cluster/);
  });
});
