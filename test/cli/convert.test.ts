import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deployment, documents, policyNamed } from '../../server/src/rules/examples.ts';
import { ciliumWith } from '../../server/src/rules/vendor.ts';
import { runCli } from '../support/cli.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'netpol-convert-'));
  mkdirSync(join(folder, 'plain'));
  writeFileSync(
    join(folder, 'plain/all.yaml'),
    documents(
      deployment('web', 'shop', '{containerPort: 80}'),
      deployment('client', 'shop'),
      policyNamed(
        'web',
        'shop',
        'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress]\ningress:\n  - from: [{podSelector: {matchLabels: {app: client}}}]\n    ports: [{port: 80}]',
      ),
    ),
  );
  writeFileSync(
    join(folder, 'requests.yaml'),
    ciliumWith('endpointSelector: {}\ningress:\n  - toPorts:\n      - ports: [{port: "80", protocol: TCP}]\n        rules: {http: [{method: GET}]}'),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

const netpol = (...args: readonly string[]) => runCli(folder, args);

describe('netpol convert', () => {
  test('to Cilium', () => {
    expect(netpol('convert', '--to', 'cilium', 'plain')).toEqual({
      status: 0,
      stdout:
        'apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  endpointSelector:\n    matchLabels:\n      app: web\n  ingress:\n    - fromEndpoints:\n        - matchLabels:\n            app: client\n      toPorts:\n        - ports:\n            - port: "80"\n              protocol: TCP\n',
      stderr: '',
    });
  });

  test('what aliases make of a few lines is not written out', () => {
    const times = 300;
    const rules = `ingress:\n  - &r {ports: [&p {port: 80}${', *p'.repeat(times)}]}\n${'  - *r\n'.repeat(times)}`;
    writeFileSync(join(folder, 'bomb.yaml'), policyNamed('web', 'shop', `podSelector: {}\n${rules}`));
    expect(netpol('convert', '--to', 'calico', 'bomb.yaml')).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'netpol: bomb.yaml: NetworkPolicy web cannot be written as a NetworkPolicy: with what aliases repeat it has more than 20,000 rules, peers and ports.\n',
    });
  });

  test('to Calico', () => {
    expect(netpol('convert', '--to', 'calico', 'plain').stdout).toBe(
      "apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  order: 1000\n  selector: app == 'web'\n  types:\n    - Ingress\n  ingress:\n    - action: Allow\n      protocol: TCP\n      source:\n        selector: app == 'client'\n      destination:\n        ports:\n          - 80\n",
    );
  });

  test('what a language cannot say is refused, with the reason', () => {
    expect(netpol('convert', '--to', 'kubernetes', 'requests.yaml')).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'netpol: requests.yaml: CiliumNetworkPolicy web cannot be written as a NetworkPolicy: a NetworkPolicy knows ports, not HTTP requests.\n',
    });
  });

  test('a difference between plugins is told', () => {
    const text = documents(
      deployment('web', 'shop').replace('      containers:', '      hostNetwork: true\n      containers:'),
      deployment('client', 'shop'),
      policyNamed('web', 'shop', 'podSelector: {}\npolicyTypes: [Ingress]'),
    );
    const { status, stderr } = runCli(folder, ['convert', '--to', 'cilium', '-'], { input: text });
    expect(status).toBe(1);
    expect(stderr).toContain('shop/client[Deployment] => shop/web[Deployment] is added by the conversion');
  });

  test('an unknown language, and no manifests', () => {
    expect(netpol('convert', '--to', 'istio', 'plain').status).toBe(2);
    expect(netpol('convert', '--to', 'cilium', 'nothing-here').stderr).toContain('does not exist');
  });
});
