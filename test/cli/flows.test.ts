import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'netpol-flows-'));
  cpSync('examples', folder, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

const netpol = (args: readonly string[], input?: string) => runCli(folder, args, input === undefined ? {} : { input });

const picture = [
  '0.0.0.0-255.255.255.255[External] => ingress-namespace/ingress-controller[Deployment] : TCP 443',
  'app-namespace/frontend[Deployment] => app-namespace/backend[Deployment] : TCP 8080',
  'ingress-namespace/ingress-controller[Deployment] => app-namespace/frontend[Deployment] : TCP 8443',
];

describe('Helm templates', () => {
  const chart = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ .Release.Name }}-web
  namespace: shop
spec:
  podSelector:
    matchLabels:
      {{- include "app.labels" . | nindent 6 }}
`;

  test('what they write is not explained, not counted, and checked in part', () => {
    const workload = readFileSync(join(folder, 'fixed/frontend.yaml'), 'utf8');
    const where = mkdtempSync(join(folder, 'chart-'));
    writeFileSync(join(where, 'policy.yaml'), chart);
    expect(runCli(where, ['explain', '.'])).toEqual({
      status: 0,
      stdout:
        'NetworkPolicy shop/{{ .Release.Name }}-web (policy.yaml:4)\n  What it does depends on what the Helm template writes; explain the output of "helm template" instead.\n',
      stderr: 'netpol: policy.yaml writes a policy by a Helm template, and it is not counted; give the output of "helm template" instead.\n',
    });
    expect(runCli(where, ['check', '.']).stderr).toBe(
      'netpol: policy.yaml writes a policy by a Helm template, and it is checked in part; check the output of "helm template", too.\n',
    );
    writeFileSync(join(where, 'frontend.yaml'), workload);
    const told = runCli(where, ['list', '.']);
    expect(told.stderr).toContain('policy.yaml writes a policy by a Helm template, and it is not counted');
    expect(told.stdout).toBe(runCli(folder, ['list', 'fixed/frontend.yaml']).stdout);
  });
});

test('policies inside other objects are explained, with who makes them, and not counted', () => {
  const policy =
    'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: closed }\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n';
  const set = `apiVersion: fluxcd.controlplane.io/v1\nkind: ResourceSet\nmetadata: { name: tenants }\nspec:\n  resources:\n    - ${policy.trimEnd().replaceAll('\n', '\n      ')}\n`;
  const where = mkdtempSync(join(folder, 'set-'));
  writeFileSync(join(where, 'set.yaml'), set);
  expect(runCli(where, ['explain', '.'])).toEqual({
    status: 0,
    stdout:
      'NetworkPolicy closed (set.yaml:8)\n  Made by the ResourceSet that it stands in.\n  Selects every pod of the namespace that it is applied to.\n  In: nothing.\n  Out: not restricted by this policy.\n',
    stderr: 'netpol: set.yaml holds a policy inside other objects, and it is not counted; give what is made instead.\n',
  });
  expect(JSON.parse(runCli(where, ['explain', 'closed', '.', '-o', 'json']).stdout)).toMatchObject([{ name: 'closed', carrier: 'ResourceSet' }]);
  expect(runCli(where, ['check', '.']).stderr).toBe(
    'netpol: set.yaml holds a policy inside other objects, and it is checked alone; check what is made, too.\n',
  );
  writeFileSync(join(where, 'frontend.yaml'), readFileSync(join(folder, 'fixed/frontend.yaml'), 'utf8'));
  expect(runCli(where, ['list', '.']).stdout).toBe(runCli(folder, ['list', 'fixed/frontend.yaml']).stdout);
});

describe('netpol list', () => {
  test('the example as it should be: the picture, and nothing else', () => {
    expect(netpol(['list', 'fixed'])).toEqual({ status: 0, stdout: `${picture.join('\n')}\n`, stderr: '' });
  });

  test('CSV', () => {
    expect(netpol(['list', 'fixed', '-o', 'csv']).stdout.split('\n')).toEqual([
      'src,dst,conn',
      ...picture.map((line) => line.replace(' => ', ',').replace(' : ', ',')),
      '',
    ]);
  });

  test('JSON', () => {
    expect(JSON.parse(netpol(['list', 'fixed', '-o', 'json']).stdout)[1]).toEqual({
      src: 'app-namespace/frontend[Deployment]',
      dst: 'app-namespace/backend[Deployment]',
      conn: 'TCP 8080',
      ports: { SCTP: [], TCP: [[8080, 8080]], UDP: [] },
    });
  });

  test('Markdown, DOT and Mermaid', () => {
    expect(netpol(['list', 'fixed', '-o', 'md']).stdout).toContain(
      '| app-namespace/frontend[Deployment] | app-namespace/backend[Deployment] | TCP 8080 |',
    );
    const dot = netpol(['list', 'fixed', '-o', 'dot']).stdout;
    expect(dot).toMatch(
      /^digraph netpol \{[\s\S]*subgraph cluster_\d+ \{\n {4}label="app-namespace";[\s\S]*n\d -> n\d \[label="TCP 8080"\];[\s\S]*\}\n$/,
    );
    const mermaid = netpol(['list', 'fixed', '-o', 'mermaid']).stdout;
    expect(mermaid).toMatch(/^flowchart LR\n[\s\S]*subgraph g\d\["app-namespace"\][\s\S]*-->\|"TCP 8080"\|/);
  });

  test('--focus, --exposure and --explain', () => {
    expect(netpol(['list', 'fixed', '--focus', 'app-namespace/backend']).stdout).toBe(`${picture[1]}\n`);
    const exposed = netpol(['list', 'broken', '--exposure']).stdout;
    expect(exposed).toContain('{pods labelled app=ingress-controller of namespace app-namespace} => app-namespace/frontend[Deployment] : TCP 8443');
    expect(exposed).toContain('app-namespace/backend[Deployment] => {entire-cluster} : All Connections');
    const explained = netpol(['list', 'fixed', '--explain']).stdout;
    expect(explained).toContain(
      'egress: Allowed by egress rule 1 of NetworkPolicy app-namespace/frontend: Allows TCP 8080 to pods labelled app=backend of namespace app-namespace. (fixed/network-policies.yaml:',
    );
  });

  test('a file that cannot be parsed is named, the rest is analysed, and the exit code says so', () => {
    mkdirSync(join(folder, 'half'), { recursive: true });
    cpSync(join(folder, 'fixed'), join(folder, 'half'), { recursive: true });
    rmSync(join(folder, 'half', 'kustomization.yaml'));
    writeFileSync(join(folder, 'half', 'bad.yaml'), 'apiVersion: v1\nkind: Pod\nmetadata: {name: x\n');
    const { status, stdout, stderr } = netpol(['list', 'half']);
    rmSync(join(folder, 'half'), { recursive: true });
    expect(status).toBe(2);
    expect(stderr).toContain('half/bad.yaml cannot be parsed in full');
    expect(stdout).toContain(picture[1]);
  });

  test.each([
    ['a path that does not exist', ['list', 'nowhere'], 'nowhere does not exist'],
    ['no manifests', ['list', '-'], 'No Kubernetes manifests were found in -'],
    ['an unknown workload', ['list', 'fixed', '--focus', 'shop/web'], 'There is no workload shop/web in these manifests; there are'],
  ])('exit code 2 for %s', (_, args, message) => {
    const { status, stderr } = netpol(args, '');
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});

test('a cluster of more flows than anybody reads is not listed but asked about', () => {
  const pods = Array.from({ length: 1100 }, (_, i) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `p${i}`, namespace: 'shop', labels: { app: `p${i}` } },
  }));
  writeFileSync(join(folder, 'many.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: pods }));
  const listed = netpol(['list', 'many.json']);
  expect(listed).toMatchObject({ status: 2, stdout: '' });
  expect(listed.stderr).toMatch(/^netpol: There are more than 1,000,000 flows\. .*netpol list --focus NAMESPACE\/NAME/);
  const focused = netpol(['list', 'many.json', '--focus', 'shop/p7']).stdout.trimEnd().split('\n');
  // To and from each other pod, and outside.
  expect(focused).toHaveLength(2 * 1099 + 2);
  expect(focused.every((line) => line.includes('shop/p7[Pod]'))).toBe(true);
  expect(netpol(['diff', 'many.json', 'many.json'])).toMatchObject({ status: 0, stdout: 'No flow differs.\n' });
});

describe('netpol query', () => {
  const query = (from: string, to: string, ...more: string[]) => netpol(['query', '--from', from, '--to', to, ...more]);

  test('allowed, with the rules and where they are', () => {
    const { status, stdout } = query('app-namespace/frontend', 'app-namespace/backend', '--port', '8080', 'fixed');
    expect(status).toBe(0);
    expect(stdout).toContain('app-namespace/frontend[Deployment] => app-namespace/backend[Deployment], TCP 8080: allowed\n');
    expect(stdout).toMatch(/Isolated by NetworkPolicy app-namespace\/backend\. \(fixed\/network-policies\.yaml:\d+\)/);
    expect(stdout).toMatch(
      /Allowed by ingress rule 1 of NetworkPolicy app-namespace\/backend: Allows TCP 8080 from pods labelled app=frontend .*\(fixed\/network-policies\.yaml:\d+\)/,
    );
  });

  test('denied, with what came closest and what it lacks', () => {
    const wrongPort = query('app-namespace/frontend', 'app-namespace/backend', '--port', '80', 'fixed');
    expect(wrongPort.status).toBe(1);
    expect(wrongPort.stdout).toContain('does not: it opens TCP 8080, not TCP 80.');
    const wrongNamespace = query('ingress-namespace/ingress-controller', 'app-namespace/backend', '--port', '8080', 'fixed');
    expect(wrongNamespace.stdout).toContain('it is for namespace app-namespace, and this is ingress-namespace');
    expect(wrongNamespace.stdout).toContain('it asks for app=frontend, and here app is backend');
    expect(query('app-namespace/frontend', 'app-namespace/backend', '--port', '8080/udp', 'fixed').status).toBe(1);
  });

  test('Services: by their own port', () => {
    expect(query('app-namespace/frontend', 'svc/app-namespace/backend', '--port', '80', 'fixed').stdout).toContain(
      'backend[Deployment], TCP 8080: allowed',
    );
    const { status, stderr } = query('app-namespace/frontend', 'svc/app-namespace/backend', '--port', '8080', 'fixed');
    expect({ status, stderr }).toEqual({ status: 2, stderr: 'netpol: Service app-namespace/backend has no port TCP 8080; it has TCP 80.\n' });
  });

  test('addresses and the internet', () => {
    expect(query('internet', 'ingress-namespace/ingress-controller', '--port', '443', 'fixed').status).toBe(0);
    const { status, stdout } = query('198.51.100.7', 'app-namespace/frontend', '--port', '8443', 'fixed');
    expect(status).toBe(1);
    expect(stdout).toContain('it is for pods, and this is an address outside');
  });

  test('without a port: whether anything passes', () => {
    expect(query('app-namespace/frontend', 'app-namespace/backend', 'fixed').status).toBe(0);
    expect(query('app-namespace/backend', 'app-namespace/frontend', 'fixed').status).toBe(1);
  });

  test('JSON', () => {
    const answer = JSON.parse(query('app-namespace/frontend', 'app-namespace/backend', '--port', '8080', '-o', 'json', 'fixed').stdout);
    expect(answer).toMatchObject({ allowed: true, port: 'TCP 8080', pairs: [{ allowed: true }] });
    expect(answer.pairs[0].reasons).toContainEqual({
      side: 'ingress',
      text: expect.stringContaining('Allowed by ingress rule 1'),
      file: 'fixed/network-policies.yaml',
      line: expect.any(Number),
    });
  });

  test.each([
    ['an unknown workload', ['--from', 'a', '--to', 'app-namespace/backend'], 'There is no workload default/a'],
    [
      'a port out of range',
      ['--from', 'app-namespace/frontend', '--to', 'app-namespace/backend', '--port', '70000'],
      'Write a number from 1 to 65535',
    ],
    ['two addresses', ['--from', 'internet', '--to', '10.0.0.1'], 'Two addresses outside the cluster'],
  ])('exit code 2 for %s', (_, args, message) => {
    const { status, stderr } = netpol(['query', ...args, 'fixed']);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('netpol explain', () => {
  test('every policy of a file, one sentence a rule', () => {
    const { status, stdout } = netpol(['explain', 'broken/network-policies.yaml']);
    expect(status).toBe(0);
    expect(stdout).toContain('NetworkPolicy app-namespace/frontend-ingress (broken/network-policies.yaml:');
    expect(stdout).toContain(
      'In: only TCP 8443 from every pod of namespace ingress-namespace or pods labelled app=ingress-controller of namespace app-namespace.',
    );
  });

  test('a policy by name, as JSON', () => {
    const [policy, ...more] = JSON.parse(netpol(['explain', 'app-namespace/backend', 'fixed', '-o', 'json']).stdout);
    expect(more).toEqual([]);
    expect(policy).toMatchObject({
      kind: 'NetworkPolicy',
      name: 'backend',
      namespace: 'app-namespace',
      enforced: true,
      rules: [{ direction: 'ingress' }],
    });
  });

  test('a staged policy, as what it would do', () => {
    const staged =
      'apiVersion: crd.projectcalico.org/v1\nkind: StagedGlobalNetworkPolicy\nmetadata:\n  name: lock\nspec:\n  selector: app == "web"\n  types: [Ingress]\n';
    expect(netpol(['explain', '-'], staged).stdout.split('\n').slice(0, 3)).toEqual([
      'StagedGlobalNetworkPolicy lock (-:4)',
      '  Not enforced: staged. As a GlobalNetworkPolicy it would do this:',
      expect.stringContaining('app=web'),
    ]);
    expect(JSON.parse(netpol(['explain', '-', '-o', 'json'], staged).stdout)).toMatchObject([{ name: 'lock', enforced: false }]);
  });

  test('exit code 2 for a name that is not there', () => {
    expect(netpol(['explain', 'nothing', 'fixed'])).toMatchObject({
      status: 2,
      stderr: 'netpol: nothing is neither a file nor the name of a policy in fixed.\n',
    });
  });
});

describe('netpol diff', () => {
  test('two folders, with the policies responsible', () => {
    const { status, stdout } = netpol(['diff', 'broken', 'fixed']);
    expect(status).toBe(0);
    expect(stdout).toContain(
      '~ 0.0.0.0-255.255.255.255[External] => ingress-namespace/ingress-controller[Deployment] : All Connections → TCP 443  [NetworkPolicy ingress-namespace/ingress-controller (changed), NetworkPolicy ingress-namespace/default-deny-all (added)]',
    );
    expect(stdout).toContain('- app-namespace/backend[Deployment] => 0.0.0.0-255.255.255.255[External] : All Connections');
  });

  test('the same twice', () => {
    expect(netpol(['diff', 'fixed', 'fixed', '--exit-code'])).toEqual({ status: 0, stdout: 'No flow differs.\n', stderr: '' });
  });

  test('Markdown, JSON and --exit-code', () => {
    const markdown = netpol(['diff', 'broken', 'fixed', '-o', 'md', '--exit-code']);
    expect(markdown.status).toBe(1);
    expect(markdown.stdout).toContain('| changed | 0.0.0.0-255.255.255.255[External] |');
    expect(JSON.parse(netpol(['diff', 'broken', 'fixed', '-o', 'json']).stdout)[0]).toMatchObject({
      change: 'changed',
      before: 'All Connections',
      after: 'TCP 443',
    });
  });

  test('requests on the same ports', () => {
    const pods = ['a', 'b']
      .map((name) => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop, labels: {app: ${name}}}\n---\n`)
      .join('');
    for (const path of ['old', 'new']) {
      mkdirSync(join(folder, path));
      writeFileSync(
        join(folder, path, 'a.yaml'),
        `${pods}apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: c, namespace: shop}\nspec:\n  endpointSelector: {matchLabels: {app: a}}\n  ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: "80", protocol: TCP}], rules: {http: [{path: /${path}}]}}]}]\n`,
      );
    }
    expect(netpol(['diff', 'old', 'new']).stdout).toBe(
      '~ shop/b[Pod] => shop/a[Pod] : TCP 80 (HTTP /old) → TCP 80 (HTTP /new)  [CiliumNetworkPolicy shop/c (changed)]\n',
    );
    expect(JSON.parse(netpol(['diff', 'old', 'new', '-o', 'json']).stdout)[0].requests).toEqual({ before: ['HTTP /old'], after: ['HTTP /new'] });
  });

  test('revisions of git', () => {
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], { cwd: folder, stdio: 'pipe' });
    git('init', '-q');
    cpSync(join(folder, 'broken'), join(folder, 'live'), { recursive: true });
    git('add', 'live');
    git('commit', '-qm', 'before');
    cpSync(join(folder, 'fixed'), join(folder, 'live'), { recursive: true });
    expect(netpol(['diff', 'HEAD..', '--exit-code', '--', 'live'])).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('All Connections → TCP 443'),
    });
    git('commit', '-qam', 'after');
    expect(netpol(['diff', 'HEAD~1..HEAD', '--', 'live']).stdout).toContain('All Connections → TCP 443');
    expect(netpol(['diff', 'HEAD..', '--exit-code', '--', 'live']).status).toBe(0);
    expect(netpol(['diff', 'nowhere..HEAD', '--', 'live'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('git knows no revision "nowhere"'),
    });
  });

  test('one path is not enough', () => {
    expect(netpol(['diff', 'fixed'])).toMatchObject({ status: 2, stderr: expect.stringContaining('there is one argument') });
  });
});

test('netpol rules lists them, and prints a page', () => {
  const list = netpol(['rules']).stdout;
  expect(list).toMatch(/^peers-or-instead-of-and +warning /m);
  expect(JSON.parse(netpol(['rules', '-o', 'json']).stdout)).toHaveLength(list.trim().split('\n').length);
  const page = netpol(['rules', 'peers-or-instead-of-and']).stdout;
  expect(page).toContain('WHY IT MATTERS\nOne dash decides.');
  expect(page).not.toContain('^^^');
  expect(netpol(['rules', 'nonsense'])).toMatchObject({ status: 2, stderr: expect.stringContaining('There is no rule "nonsense"') });
});

test('every command has help with an example', () => {
  for (const command of ['check', 'list', 'query', 'explain', 'diff', 'rules'])
    expect(netpol([command, '--help']).stdout).toMatch(/Examples?:\n {2}netpol/);
});

describe('netpol diagram', () => {
  test.each([
    ['svg', /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[\s\S]*>ingress-controller<[\s\S]*<\/svg>\n$/],
    ['mermaid', /^flowchart LR\n/],
    ['dot', /^digraph netpol \{/],
    ['md', /^\| from \| to \| ports \| \|\n/],
  ])('-o %s', (format, expected) => {
    const { status, stdout, stderr } = netpol(['diagram', 'fixed', '-o', format]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(expected);
  });

  test('into a file', () => {
    expect(netpol(['diagram', 'fixed', '--file', 'traffic.svg'])).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(readFileSync(join(folder, 'traffic.svg'), 'utf8')).toContain('TCP 8443');
  });
});
