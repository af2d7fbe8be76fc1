import { describe, expect, test } from 'vitest';
import { service as serviceSentence, workload as workloadSentence } from '../../server/src/explain/workload.ts';
import { readEntrances } from '../../server/src/kinds/kubernetes/readEntrance.ts';
import { readNamespace, readService, readWorkload } from '../../server/src/kinds/kubernetes/readWorkload.ts';
import { type Resource, resourcesOf } from '../../server/src/kinds/resource.ts';
import { unknownValue, type Workload } from '../../server/src/model/workload.ts';
import { DocumentText } from '../../server/src/syntax/manifestText.ts';

const resources = (text: string): readonly Resource[] => resourcesOf(new DocumentText(text));
const workload = (text: string): Workload | undefined => resources(text).flatMap((resource) => readWorkload(resource) ?? [])[0];

const pod =
  '{metadata: {labels: {app: web}}, spec: {serviceAccountName: shop, containers: [{ports: [{name: http, containerPort: 8080}, {containerPort: 53, protocol: UDP}]}]}}';
const head = (apiVersion: string, kind: string) =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: w, namespace: shop, labels: {own: label}}\n`;
const ports = [
  { name: 'http', port: 8080, protocol: 'TCP' },
  { port: 53, protocol: 'UDP' },
];

describe('workloads with a template', () => {
  test.each([
    ['apps/v1', 'Deployment', { 'pod-template-hash': unknownValue }],
    ['apps/v1', 'ReplicaSet', {}],
    ['v1', 'ReplicationController', {}],
    [
      'apps/v1',
      'StatefulSet',
      { 'controller-revision-hash': unknownValue, 'statefulset.kubernetes.io/pod-name': unknownValue, 'apps.kubernetes.io/pod-index': unknownValue },
    ],
    ['apps/v1', 'DaemonSet', { 'controller-revision-hash': unknownValue, 'pod-template-generation': unknownValue }],
    [
      'batch/v1',
      'Job',
      { 'batch.kubernetes.io/job-name': 'w', 'job-name': 'w', 'batch.kubernetes.io/controller-uid': unknownValue, 'controller-uid': unknownValue },
    ],
    ['apps.openshift.io/v1', 'DeploymentConfig', { deploymentconfig: 'w', deployment: unknownValue }],
    ['argoproj.io/v1alpha1', 'Rollout', { 'rollouts-pod-template-hash': unknownValue }],
  ])('%s %s', (apiVersion, kind, added) => {
    expect(workload(`${head(apiVersion, kind)}spec: {template: ${pod}}\n`)).toEqual({
      kind,
      name: 'w',
      namespace: 'shop',
      ownLabels: { own: 'label' },
      podLabels: { app: 'web', ...added },
      ports,
      hostNetwork: false,
      serviceAccount: 'shop',
      ...(kind === 'DaemonSet' ? {} : { replicas: 1 }),
    });
  });

  test.each([
    ['apps/v1', 'Deployment', '{replicas: 3, selector: {matchLabels: {app: web}}}', 3],
    ['apps/v1', 'Deployment', '{replicas: "{{ .n }}"}', undefined],
    ['batch/v1', 'Job', '{parallelism: 4}', 4],
    ['batch/v1', 'CronJob', '{}', undefined],
    ['v1', 'Pod', '{}', 1],
  ])('%s %s with %s: %s pods', (apiVersion, kind, spec, expected) => {
    expect(workload(`${head(apiVersion, kind)}spec: ${spec}\n`)?.replicas).toBe(expected);
  });

  test('a patch that is written like a workload makes none: pods of these kinds have labels', () => {
    const spec = 'template: {spec: {hostNetwork: true}}';
    for (const kind of ['Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet']) {
      expect(workload(`${head('apps/v1', kind)}spec: {${spec}}\n`)).toBeUndefined();
      expect(workload(`${head('apps/v1', kind)}spec: {${spec}, selector: {matchLabels: {app: web}}}\n`)?.hostNetwork).toBe(true);
      expect(workload(`${head('apps/v1', kind)}spec: {template: {metadata: {labels: {app: web}}}}\n`)?.podLabels.app).toBe('web');
    }
    expect(workload(`${head('batch/v1', 'Job')}spec: {${spec}}\n`)?.hostNetwork).toBe(true);
    expect(workload(`${head('apps/v1', 'Deployment')}spec: {template: {metadata: {{ .meta }}, spec: {}}}\n`)?.kind).toBe('Deployment');
  });

  test('a CronJob’s pods carry the labels of the Jobs that it makes', () => {
    const read = workload(`${head('batch/v1', 'CronJob')}spec: {jobTemplate: {spec: {template: ${pod}}}}\n`);
    expect(read?.podLabels).toMatchObject({ app: 'web', 'job-name': unknownValue });
    expect(read?.ports).toEqual(ports);
  });

  test('a Knative Service makes pods, another Service does not', () => {
    expect(workload(`${head('serving.knative.dev/v1', 'Service')}spec: {template: ${pod}}\n`)?.podLabels).toMatchObject({
      app: 'web',
      'serving.knative.dev/service': 'w',
    });
    expect(workload(`${head('v1', 'Service')}spec: {}\n`)).toBeUndefined();
  });

  test.each([
    ['Prometheus', { prometheus: 'w', 'app.kubernetes.io/name': 'prometheus', extra: 'x' }, 9090],
    ['Alertmanager', { alertmanager: 'w', 'app.kubernetes.io/name': 'alertmanager', extra: 'x' }, 9093],
    ['ThanosRuler', { 'thanos-ruler': 'w', 'app.kubernetes.io/name': 'thanos-ruler', extra: 'x' }, 10902],
  ])('%s makes pods with its operator’s labels and ports', (kind, labels, port) => {
    const read = workload(`${head('monitoring.coreos.com/v1', kind)}spec: {podMetadata: {labels: {extra: x}}}\n`);
    expect(read?.podLabels).toMatchObject(labels);
    expect(read?.ports.map((candidate) => candidate.port)).toContain(port);
  });

  test('a VirtualMachine', () => {
    expect(workload(`${head('kubevirt.io/v1', 'VirtualMachine')}spec: {template: {metadata: {labels: {app: vm}}}}\n`)?.podLabels).toEqual({
      app: 'vm',
      'kubevirt.io': 'virt-launcher',
      'vm.kubevirt.io/name': 'w',
    });
  });
});

describe('pods', () => {
  test('labels, owner, host network and addresses', () => {
    const text =
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n  labels: {app: web, flag: "true", absent: }\n  ownerReferences: [{kind: ReplicaSet, name: r}]\nspec: {hostNetwork: true}\nstatus: {podIPs: [{ip: 10.0.0.7}, {ip: "fd00::7"}]}\n';
    expect(workload(text)).toEqual({
      kind: 'Pod',
      name: 'p',
      namespace: undefined,
      ownLabels: { app: 'web', flag: 'true', absent: '' },
      podLabels: { app: 'web', flag: 'true', absent: '' },
      ports: [],
      hostNetwork: true,
      replicas: 1,
      serviceAccount: 'default',
      owner: { kind: 'ReplicaSet', name: 'r' },
      addresses: ['10.0.0.7', 'fd00::7'],
    });
  });

  test('init containers count where they keep running', () => {
    const text =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  initContainers:\n    - {restartPolicy: Always, ports: [{containerPort: 1}]}\n    - {ports: [{containerPort: 2}]}\n';
    expect(workload(text)?.ports).toEqual([{ port: 1, protocol: 'TCP' }]);
  });

  test('items of a PodList need no kind of their own', () => {
    const found = resources('apiVersion: v1\nkind: PodList\nitems:\n  - metadata: {name: a}\n  - metadata: {name: b}\n');
    expect(found.map((resource) => readWorkload(resource)?.name)).toEqual(['a', 'b']);
  });

  test('a template’s labels are unknown, not empty', () => {
    expect(
      workload('apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n  labels:\n    app: {{ .Values.app }}\n    tier: a\nspec: {}\n')?.podLabels,
    ).toEqual({ tier: 'a' });
  });
});

describe('Services and Namespaces', () => {
  const service = (spec: string) =>
    resources(`apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: shop}\nspec: ${spec}\n`).map(readService)[0];

  test('ports lead to target ports', () => {
    expect(
      service('{selector: {app: web}, ports: [{name: a, port: 80, targetPort: http}, {port: 53, protocol: UDP}, {port: 443, targetPort: 8443}]}'),
    ).toEqual({
      name: 's',
      namespace: 'shop',
      selector: { app: 'web' },
      ports: [
        { name: 'a', port: 80, targetPort: 'http', protocol: 'TCP' },
        { port: 53, targetPort: 53, protocol: 'UDP' },
        { port: 443, targetPort: 8443, protocol: 'TCP' },
      ],
    });
  });

  test('without a selector it selects nothing', () => {
    expect(service('{ports: []}')?.selector).toBeUndefined();
    expect(service('{selector: {}}')?.selector).toBeUndefined();
  });

  test('a namespace has the label of its name', () => {
    const [namespace] = resources(
      'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: a, kubernetes.io/metadata.name: lie}}\n',
    ).map(readNamespace);
    expect(namespace).toEqual({ name: 'shop', labels: { team: 'a', 'kubernetes.io/metadata.name': 'shop' } });
  });
});

test('in English', () => {
  const read = workload(`${head('apps/v1', 'Deployment')}spec: {template: ${pod}}\n`);
  expect(read && workloadSentence(read)).toBe('Makes pods labelled `app=web` in namespace `shop`, which listen on TCP 8080 (`http`) and UDP 53.');
  const [service] = resources(
    'apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}\n',
  ).map(readService);
  expect(service && serviceSentence(service)).toBe(
    'Leads to pods labelled `app=web` in the namespace that it is applied to: TCP 80 → port `http`. Policies see the ports on the right.',
  );
});

describe('routes', () => {
  const route = (apiVersion: string, kind: string) =>
    `${head(apiVersion, kind)}spec: {rules: [{backendRefs: [{name: web, port: 80}, {kind: ServiceImport, name: far}]}]}\n`;
  const entrances = (text: string) => resources(text).flatMap((resource) => readEntrances(resource, 'default'));

  test.each([
    ['HTTPRoute', 'v1', 'v1beta1'],
    ['GRPCRoute', 'v1', 'v1alpha2'],
    ['TLSRoute', 'v1', 'v1alpha3', 'v1alpha2'],
    ['TCPRoute', 'v1', 'v1alpha2'],
    ['UDPRoute', 'v1', 'v1alpha2'],
  ])('%s, in each version that a cluster may serve', (kind, ...versions) => {
    for (const version of versions)
      expect([version, entrances(route(`gateway.networking.k8s.io/${version}`, kind))]).toEqual([
        version,
        [{ kind, name: 'w', namespace: 'shop', service: 'web', port: 80 }],
      ]);
    expect(entrances(route('gateway.networking.k8s.io/v2', kind))).toEqual([]);
  });
});
