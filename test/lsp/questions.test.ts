import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { End, NewPoliciesResult, ReachResult } from '../../server/src/protocol.ts';
import { deployment, documents, policyNamed } from '../../server/src/rules/examples.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;
const folder = resolve('examples/fixed');
const uri = pathToFileURL(`${folder}/network-policies.yaml`).href;
beforeAll(async () => {
  server = await TestServer.start();
  for (const file of readdirSync(folder)) await server.open(pathToFileURL(`${folder}/${file}`).href, readFileSync(`${folder}/${file}`, 'utf8'));
});
afterAll(() => server.stop());

const ask = (from: string, to: string, port = '') => server.connection.sendRequest<ReachResult>('netpol/reach', { uri, from, to, port });

test('what may be asked for', async () => {
  const ends = await server.connection.sendRequest<readonly End[]>('netpol/ends', { uri });
  expect(ends).toContainEqual({ name: 'app-namespace/backend', detail: 'Deployment, 2 pods' });
  expect(ends).toContainEqual({ name: 'svc/app-namespace/backend', detail: 'Service, TCP 80' });
  expect(ends.at(-1)?.name).toBe('internet');
});

test('allowed and denied, with the rules that say so', async () => {
  const { pairs } = await ask('app-namespace/frontend', 'app-namespace/backend', '8080');
  expect(pairs).toHaveLength(1);
  expect(pairs[0]).toMatchObject({ question: 'app-namespace/frontend[Deployment] => app-namespace/backend[Deployment], TCP 8080', allowed: true });
  // The policies that isolate each side, and the rule that allows.
  const lines = ['egress 18', 'egress 52', 'egress 107', 'egress 128', 'ingress 18', 'ingress 139', 'ingress 148'];
  expect(pairs[0]?.reasons.map(({ side, place }) => `${side} ${(place?.line ?? -1) + 1}`)).toEqual(lines);
  expect((await ask('internet', 'svc/app-namespace/backend', '80')).pairs[0]?.allowed).toBe(false);
});

test('questions without an answer', async () => {
  expect((await ask('nowhere/web', 'app-namespace/backend')).problem).toContain('There is no workload nowhere/web');
  expect((await ask('192.0.2.1', '192.0.2.2')).problem).toContain('Two addresses outside the cluster');
  expect((await ask('internet', 'app-namespace/backend', 'http')).problem).toContain('"http" is no port');
});

test('policies that may be wanted', async () => {
  const offers = await server.connection.sendRequest<NewPoliciesResult>('netpol/newPolicies', { uri });
  expect(offers.map(({ label }) => label)).toContain('policy for Deployment backend');
  // The example has its default denies and DNS.
  expect(offers.filter(({ label }) => /^(default deny|allow DNS) for/.test(label))).toEqual([]);
  const alone = 'file:///alone/deployment.yaml';
  await server.open(alone, readFileSync(`${folder}/backend.yaml`, 'utf8'));
  const wanted = await server.connection.sendRequest<NewPoliciesResult>('netpol/newPolicies', { uri: alone });
  expect(wanted.map(({ label }) => label)).toEqual([
    'policy for Deployment backend',
    'default deny for app-namespace',
    'allow DNS for app-namespace',
  ]);
  expect(wanted.map(({ purpose }) => purpose)).toEqual(['workload', 'default-deny', 'allow-dns']);
  expect(wanted[2]?.text).toContain('k8s-app: kube-dns');
});

test('a pod is refused by a rule for addresses', async () => {
  const own = 'file:///ranges/all.yaml';
  const policy = policyNamed('web', 'shop', 'podSelector: {matchLabels: {app: web}}\ningress:\n  - from: [{ipBlock: {cidr: 192.0.2.0/24}}]');
  await server.open(own, documents(deployment('web', 'shop'), deployment('api', 'shop'), policy));
  const { pairs } = await server.connection.sendRequest<ReachResult>('netpol/reach', { uri: own, from: 'shop/api', to: 'shop/web', port: '' });
  expect(pairs.map(({ allowed }) => allowed)).toEqual([false]);
  expect(pairs[0]?.reasons.map(({ text }) => text).join()).toContain('it is for addresses, and this is a pod');
});
