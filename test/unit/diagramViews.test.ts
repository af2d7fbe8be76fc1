import { describe, expect, test } from 'vitest';
import { isPageMessage, isPageState, isPanelMessage } from '../../client/diagram/messages.ts';
import { connectivityOf } from '../../server/src/connectivity/connectivity.ts';
import { diffFlows } from '../../server/src/connectivity/diff.ts';
import { collapsed } from '../../server/src/diagram/collapse.ts';
import { compared } from '../../server/src/diagram/compare.ts';
import { filtered } from '../../server/src/diagram/filter.ts';
import { allowFlow, removeFlow } from '../../server/src/diagram/flowEdits.ts';
import { LayoutMemory, layoutOf } from '../../server/src/diagram/layout.ts';
import { type Scene, type SceneNode, sceneOf } from '../../server/src/diagram/scene.ts';
import { svgOf } from '../../server/src/diagram/svg.ts';
import { dotOf, mermaidOf, tableOf } from '../../server/src/diagram/texts.ts';
import { editedCopy } from '../../server/src/lsp/fileEdits.ts';
import { adminPolicyWith, deployment, documents, policyNamed } from '../../server/src/rules/examples.ts';
import type { FileEdits } from '../../server/src/rules/rule.ts';
import { ciliumWith } from '../../server/src/rules/vendor.ts';
import { applyEdits } from '../../server/src/syntax/textEdit.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';
import { inStyle, styles, valuesOf } from '../support/yamlStyles.ts';

const folder = 'file:///work';
const file = `${folder}/a.yaml`;

function workspaceOf(...manifests: readonly string[]): Workspace {
  const workspace = new Workspace();
  workspace.setFolders([folder]);
  workspace.set(file, documents(...manifests));
  return workspace;
}
const sceneIn = (workspace: Workspace): Scene => sceneOf(connectivityOf(workspace.viewFor(file).cluster));
const flows = ({ nodes, edges }: Scene): readonly string[] => {
  const name = (id: string) => nodes.find((node) => node.id === id)?.name ?? id;
  return edges.map(({ from, to, ports, change }) => `${change ?? ''}${name(from)} -> ${name(to)}: ${ports}`).sort();
};

const dns = '\n  - ports: [{port: 53, protocol: UDP}, {port: 53}]';
const web = policyNamed(
  'web',
  'shop',
  `podSelector: {matchLabels: {app: web}}\ningress:\n  - from: [{ipBlock: {cidr: 0.0.0.0/0}}]\n    ports: [{port: 80}]\negress:${dns}\n  - to: [{podSelector: {matchLabels: {app: db}}}]\n    ports: [{port: 5432}]`,
);
const db = policyNamed(
  'db',
  'shop',
  'podSelector: {matchLabels: {app: db}}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - podSelector: {matchLabels: {app: web}}\n    ports: [{port: 5432}]',
);
const shop = [
  deployment('web', 'shop', '{containerPort: 80}'),
  deployment('db', 'shop', '{containerPort: 5432}'),
  deployment('probe', 'lab'),
  web,
  db,
];

describe('a filter leaves', () => {
  const scene = sceneIn(workspaceOf(...shop));
  test('everything, where nothing is said', () => expect(filtered(scene, {})).toEqual(scene));
  test('what is not DNS', () => expect(flows(filtered(scene, { withoutDns: true }))).toEqual(['internet -> web: TCP 80', 'web -> db: TCP 5432']));
  test('one protocol', () => expect(flows(filtered(scene, { protocol: 'UDP' }))).toEqual(['web -> everyone: UDP 53']));
  test('what egress rules allow', () =>
    expect(flows(filtered(scene, { direction: 'egress' }))).toEqual(['web -> db: TCP 5432', 'web -> everyone: TCP 53, UDP 53']));
  test('one namespace', () => expect(filtered(scene, { namespaces: ['lab'] }).nodes.map(({ name }) => name)).toEqual(['probe']));
  test('what surrounds a card', () =>
    expect(filtered(scene, { around: 'w:shop/Deployment/db' }).nodes.map(({ name }) => name)).toEqual(['web', 'db']));
  test('what another file adds', () => expect(filtered(scene, { file: 'file:///other.yaml' }).nodes).toEqual([]));
});

test('namespaces stand for their workloads where these are too many, until they are expanded', () => {
  const scene = sceneIn(workspaceOf(...shop));
  expect(collapsed(scene, new Set())).toBe(scene);
  const small = collapsed(scene, new Set(), 2);
  expect(small.nodes.map(({ is, name, detail }) => `${is} ${name}: ${detail}`)).toEqual([
    'namespace shop: 2 workloads',
    'namespace lab: 1 workload',
    expect.stringContaining('outside internet'),
    expect.stringContaining('outside everyone'),
  ]);
  expect(flows(small)).toEqual(['internet -> shop: TCP 80', 'shop -> everyone: TCP 53, UDP 53']);
  expect(collapsed(scene, new Set(['shop']), 2).nodes.map(({ name }) => name)).toEqual(['lab', 'web', 'db', 'internet', 'everyone']);
});

test('two versions in one scene', async () => {
  const before = sceneIn(workspaceOf(...shop));
  const after = sceneIn(workspaceOf(...shop.map((text) => text.replaceAll('port: 5432', 'port: 5433')), deployment('new', 'lab')));
  const both = compared(before, after);
  expect(flows(both)).toEqual([
    'addedweb -> db: TCP 5433',
    'internet -> web: TCP 80',
    'removedweb -> db: TCP 5432',
    'web -> everyone: TCP 53, UDP 53',
  ]);
  expect(both.nodes.filter(({ change }) => change).map(({ name, change }) => `${name} ${change}`)).toEqual(['new added']);
  // Every format says what came and what went.
  for (const text of [mermaidOf(both), dotOf(both), svgOf(await layoutOf(both), 'both')]) {
    expect(text).toContain('+ TCP 5433');
    expect(text).toContain('− TCP 5432');
  }
  expect(tableOf(both)).toMatch(/TCP 5433 \| allowed, added \|\n[\s\S]*TCP 5432 \| allowed, removed \|/);
  expect(compared(before, before).edges.every(({ change }) => change === undefined)).toBe(true);
});

test('requests that differ on the same ports', () => {
  const asked = (path: string) =>
    sceneIn(
      workspaceOf(
        deployment('web', 'shop'),
        deployment('db', 'shop'),
        ciliumWith(
          `endpointSelector: {matchLabels: {app: db}}\ningress:\n  - fromEndpoints: [{matchLabels: {app: web}}]\n    toPorts: [{ports: [{port: "80", protocol: TCP}], rules: {http: [{path: ${path}}]}}]`,
        ),
      ),
    );
  expect(flows(compared(asked('/a'), asked('/b')))).toEqual(['addedweb -> db: TCP 80: HTTP /b', 'removedweb -> db: TCP 80: HTTP /a']);
  expect(flows(compared(asked('/a'), asked('/a')))).toEqual(['web -> db: TCP 80: HTTP /a']);
});

test('cards stay where they stood when a flow goes', async () => {
  const scene = sceneIn(workspaceOf(...shop));
  const memory = new LayoutMemory();
  const place = async (one: Scene) => (await layoutOf(one, memory)).cards.map(({ node, x, y }) => `${node.name} ${Math.round(x)} ${Math.round(y)}`);
  const first = await place(scene);
  const without = { ...scene, edges: scene.edges.slice(1) };
  expect(await place(without)).toEqual(first);
});

test('500 workloads and 2,000 flows are laid out within a second, apart from each other', async () => {
  const nodes = Array.from({ length: 500 }, (_, i) => ({
    ...{ id: `w${i}`, is: 'workload' as const, namespace: `n${i % 20}`, kind: 'Deployment', name: `w${i}`, detail: '', pods: '', folded: 0 },
  }));
  const [first] = sceneIn(workspaceOf(...shop)).edges;
  if (!first) throw new Error('The scene has no edge.');
  const edges = Array.from({ length: 2000 }, (_, i) => ({ ...first, from: `w${(i * 7) % 500}`, to: `w${(i * 13 + 1) % 500}` }));
  const namespaces = Array.from({ length: 20 }, (_, i) => ({ name: `n${i}`, assumed: false, open: [] }));
  const { cards, frames, width, height, dense } = await layoutOf({ namespaces, nodes, edges });
  expect([cards.length, frames.length, dense]).toEqual([500, 20, true]);
  const apart = (boxes: readonly { x: number; y: number; width: number; height: number }[]) =>
    boxes.every((a, i) =>
      boxes.slice(i + 1).every((b) => a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y),
    );
  expect(apart(cards) && apart(frames)).toBe(true);
  expect(cards.every((card) => card.x >= 0 && card.x + card.width <= width && card.y + card.height <= height)).toBe(true);
});

describe('edits of flows', () => {
  const workspace = workspaceOf(...shop);
  const view = workspace.viewFor(file);
  const before = connectivityOf(view.cluster);
  const simulate = (edits: readonly FileEdits[]) => connectivityOf(editedCopy(workspace, edits, [folder], []).viewFor(file).cluster);
  const node = (name: string) => {
    const found = sceneIn(workspace).nodes.find((candidate) => candidate.name === name);
    if (!found) throw new Error(`The scene has no ${name}.`);
    return found;
  };
  const changes = (edits: readonly FileEdits[]) => diffFlows(before, simulate(edits)).map(({ from, to, change }) => `${change}: ${from} => ${to}`);

  test('let a flow through at the one side that refuses it', () => {
    const found = allowFlow(node('probe'), node('db'), [{ protocol: 'TCP', port: 5432 }], view, simulate);
    if ('problem' in found) throw new Error(found.problem);
    expect(found.says).toEqual(['Adds an ingress rule to policy db of Deployment db.']);
    expect(changes(found.edits)).toEqual(['added: lab/probe[Deployment] => shop/db[Deployment]']);
  });

  test('at both sides, and nothing else', () => {
    const deny = policyNamed('deny', 'lab', 'podSelector: {}\npolicyTypes: [Ingress, Egress]');
    const denied = workspaceOf(...shop, deny);
    const after = (edits: readonly FileEdits[]) => connectivityOf(editedCopy(denied, edits, [folder], []).viewFor(file).cluster);
    const found = allowFlow(node('probe'), node('db'), [{ protocol: 'TCP', port: 5432 }], denied.viewFor(file), after);
    if ('problem' in found) throw new Error(found.problem);
    expect(found.says).toEqual([
      'Creates policy probe-to-db for the egress of Deployment probe.',
      'Adds an ingress rule to policy db of Deployment db.',
    ]);
    expect(diffFlows(connectivityOf(denied.viewFor(file).cluster), after(found.edits)).map(({ from, to }) => `${from} => ${to}`)).toEqual([
      'lab/probe[Deployment] => shop/db[Deployment]',
    ]);
  });

  test('leave alone a policy that is for every pod of its namespace, though it has one only', () => {
    const open = policyNamed('dns', 'lab', `podSelector: {}\npolicyTypes: [Egress]\negress:${dns}`);
    const around = workspaceOf(...shop.slice(0, 3), open);
    const after = (edits: readonly FileEdits[]) => connectivityOf(editedCopy(around, edits, [folder], []).viewFor(file).cluster);
    const found = allowFlow(node('probe'), node('db'), [{ protocol: 'TCP', port: 5432 }], around.viewFor(file), after);
    expect(found).toMatchObject({ says: ['Creates policy probe-to-db for the egress of Deployment probe.'] });
  });

  test('do nothing for what passes already', () => {
    expect(allowFlow(node('web'), node('db'), [{ protocol: 'TCP', port: 5432 }], view, simulate)).toMatchObject({
      problem: expect.stringContaining('already'),
    });
  });

  test('take exactly one flow away', () => {
    const found = removeFlow(node('web'), node('db'), view, simulate);
    if ('problem' in found) throw new Error(found.problem);
    expect(changes(found.edits)).toEqual(['removed: shop/web[Deployment] => shop/db[Deployment]']);
  });

  test('say why not, where a rule allows more', () => {
    const all = workspaceOf(
      deployment('web', 'shop'),
      deployment('api', 'shop'),
      deployment('db', 'shop'),
      policyNamed('db', 'shop', 'podSelector: {matchLabels: {app: db}}\npolicyTypes: [Ingress]\ningress:\n  - from: [{podSelector: {}}]'),
    );
    const after = (edits: readonly FileEdits[]) => connectivityOf(editedCopy(all, edits, [folder], []).viewFor(file).cluster);
    const found = removeFlow(node('web'), node('db'), all.viewFor(file), after);
    expect(found).toMatchObject({
      problem: expect.stringMatching(/shop\/api\[Deployment\] → shop\/db\[Deployment\] \(removed\).*Policies only add/),
    });
    expect(found).toMatchObject({ problem: expect.stringContaining('No policy isolates the egress of Deployment web') });
  });

  test('say so, where a patch has changed the rule that allows it', () => {
    const patched = workspaceOf(...shop);
    patched.set(
      `${folder}/kustomization.yaml`,
      'resources: [a.yaml]\npatches:\n  - target: {kind: NetworkPolicy, name: db}\n    patch: "[{op: replace, path: /spec/ingress/0/ports/0/port, value: 5432}]"\n',
    );
    const after = (edits: readonly FileEdits[]) => connectivityOf(editedCopy(patched, edits, [folder], []).viewFor(file).cluster);
    expect(removeFlow(node('web'), node('db'), patched.viewFor(file), after)).toMatchObject({
      problem: expect.stringMatching(/^Ingress rule 1 of NetworkPolicy shop\/db is not written where it could be edited\./),
    });
  });

  test('say so, where more would have to be compared than somebody waits for', () => {
    const many = Array.from({ length: 460 }, (_, i) => deployment(`p${i}`, 'shop'));
    const all = workspaceOf(...many, policyNamed('all', 'shop', 'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from: [{podSelector: {}}]'));
    const after = (edits: readonly FileEdits[]) => connectivityOf(editedCopy(all, edits, [folder], []).viewFor(file).cluster);
    const [from, to] = sceneIn(all).nodes.filter(({ is }) => is === 'workload');
    if (!from || !to) throw new Error('The scene has no workloads.');
    expect(removeFlow(from, to, all.viewFor(file), after)).toMatchObject({ problem: expect.stringContaining('there are too many') });
  });

  test('say who decides, where no NetworkPolicy could', () => {
    const admin = adminPolicyWith('subject:\n  namespaces: {}\npriority: 1\nACTION').replace('name: web', 'name: walls');
    const denied = workspaceOf(...shop, admin.replace('ACTION', 'ingress:\n    - action: Deny\n      from: [{namespaces: {}}]'));
    const after = (edits: readonly FileEdits[]) => connectivityOf(editedCopy(denied, edits, [folder], []).viewFor(file).cluster);
    const wanted = allowFlow(node('probe'), node('db'), [{ protocol: 'TCP', port: 5432 }], denied.viewFor(file), after);
    expect(wanted).toMatchObject({
      problem: expect.stringMatching(/^No NetworkPolicy could let it through\. Denied by ingress rule 1 of AdminNetworkPolicy walls/),
    });
    const allowed = workspaceOf(...shop, admin.replace('ACTION', 'ingress:\n    - action: Allow\n      from: [{namespaces: {}}]'));
    const then = (edits: readonly FileEdits[]) => connectivityOf(editedCopy(allowed, edits, [folder], []).viewFor(file).cluster);
    expect(removeFlow(node('web'), node('db'), allowed.viewFor(file), then)).toMatchObject({
      problem: expect.stringContaining('Ingress rule 1 of AdminNetworkPolicy walls allows it; only rules of NetworkPolicies are edited here'),
    });
  });

  test('take the last egress rule away without opening what it isolated', () => {
    const workspaceOfTwo = workspaceOf(
      deployment('web', 'shop'),
      deployment('db', 'shop'),
      policyNamed('web', 'shop', 'podSelector: {matchLabels: {app: web}}\negress:\n  - to: [{podSelector: {matchLabels: {app: db}}}]'),
    );
    const after = (edits: readonly FileEdits[]) => connectivityOf(editedCopy(workspaceOfTwo, edits, [folder], []).viewFor(file).cluster);
    const found = removeFlow(node('web'), node('db'), workspaceOfTwo.viewFor(file), after);
    if ('problem' in found) throw new Error(found.problem);
    expect(
      diffFlows(connectivityOf(workspaceOfTwo.viewFor(file).cluster), after(found.edits)).map(
        ({ from, to, change }) => `${change}: ${from} => ${to}`,
      ),
    ).toEqual(['removed: shop/web[Deployment] => shop/db[Deployment]']);
  });
});

describe.each(styles)('edits of flows of manifests written %s', (style) => {
  const manifests = documents(
    deployment('web', 'shop', '{containerPort: 80}'),
    deployment('api', 'shop', '{containerPort: 8080}'),
    deployment('db', 'shop', '{containerPort: 5432}'),
    policyNamed(
      'db',
      'shop',
      'podSelector: {matchLabels: {app: db}}\npolicyTypes: [Ingress]\ningress:\n  - from: [{podSelector: {matchLabels: {app: web}}}, {podSelector: {matchLabels: {app: api}}}]\n    ports: [{port: 5432}]',
    ),
    policyNamed(
      'api',
      'shop',
      'podSelector: {matchLabels: {app: api}}\npolicyTypes: [Ingress]\ningress:\n  - from: [{podSelector: {matchLabels: {app: web}}}]',
    ),
  );
  const text = inStyle(manifests, style) ?? '';
  const workspace = new Workspace();
  workspace.setFolders([folder]);
  workspace.set(file, text);
  const view = workspace.viewFor(file);
  const simulate = (edits: readonly FileEdits[]) => connectivityOf(editedCopy(workspace, edits, [folder], []).viewFor(file).cluster);
  const change = (found: ReturnType<typeof removeFlow>) => {
    if ('problem' in found) throw new Error(found.problem);
    return JSON.parse(
      valuesOf(
        applyEdits(
          text,
          found.edits.flatMap(({ edits }) => edits),
        ),
      ),
    ) as readonly { readonly spec: unknown }[];
  };
  const node = (name: string) => sceneIn(workspace).nodes.find((one) => one.name === name) as SceneNode;

  test('one of two peers goes', () => {
    expect(change(removeFlow(node('api'), node('db'), view, simulate))[3]?.spec).toEqual({
      podSelector: { matchLabels: { app: 'db' } },
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: [{ port: 5432 }] }],
    });
  });

  test('the only rule goes, and an empty list is left', () => {
    expect(change(removeFlow(node('web'), node('api'), view, simulate))[4]?.spec).toEqual({
      podSelector: { matchLabels: { app: 'api' } },
      policyTypes: ['Ingress'],
      ingress: [],
    });
  });

  test('a rule is added', () => {
    expect(change(allowFlow(node('db'), node('api'), [{ protocol: 'TCP', port: 8080 }], view, simulate))[4]?.spec).toEqual({
      podSelector: { matchLabels: { app: 'api' } },
      policyTypes: ['Ingress'],
      ingress: [
        { from: [{ podSelector: { matchLabels: { app: 'web' } } }] },
        { from: [{ podSelector: { matchLabels: { app: 'db' } } }], ports: [{ protocol: 'TCP', port: 8080 }] },
      ],
    });
  });
});

describe('messages between page and panel', () => {
  test('are taken when they are whole', () => {
    expect(isPageMessage({ type: 'open', id: 'w:a/b', rule: 1 })).toBe(true);
    expect(isPageMessage({ type: 'choose', choice: { filter: { namespaces: ['a'], protocol: 'TCP' }, expanded: [], pinned: true }, count: 1 })).toBe(
      true,
    );
    expect(isPanelMessage({ type: 'focus', ids: ['a'] })).toBe(true);
    expect(isPageState({ choice: { filter: {}, expanded: [], pinned: false }, zoom: 0, table: false })).toBe(true);
  });

  test.each([
    null,
    'ready',
    { type: 'open' },
    { type: 'open', id: 'a', rule: -1 },
    { type: 'choose', choice: { filter: { protocol: 'ICMP' }, expanded: [], pinned: true }, count: 1 },
    { type: 'choose', choice: { filter: {}, expanded: [], pinned: true }, count: -1 },
    { type: 'png', data: 'https://example.com' },
    { type: 'reach', from: 'a' },
    { type: 'run', command: 'rm' },
  ])('%j is none', (message) => expect(isPageMessage(message)).toBe(false));
});
