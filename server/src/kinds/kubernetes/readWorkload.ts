import { type Labels, nameLabel } from '../../model/selector.ts';
import { type ContainerPort, type Namespace, type Service, type ServicePort, unknownValue, type Workload } from '../../model/workload.ts';
import { entriesOf, isMap, isScalar, itemsOf, type Node, resolve, valueAt } from '../../syntax/node.ts';
import { integerOf, isNull, namesVariable, scalarValue, stringOf } from '../../syntax/scalar.ts';
import type { Resource } from '../resource.ts';

/** Text → model for everything that makes pods, Services and Namespaces. What cannot be read is left out. */

/** A map of strings; entries whose value a template writes are left out. */
export function readLabels(node: Node | undefined): Labels {
  const map = resolve(node);
  const labels: Record<string, string> = {};
  if (!isMap(map)) return labels;
  for (const { key, value } of entriesOf(map)) {
    const scalar = resolve(value);
    if (isScalar(scalar) && (!scalar.templated || namesVariable(scalar))) labels[key.text] = isNull(scalar) ? '' : scalar.text;
  }
  return labels;
}

function readPort(node: Node): ContainerPort | undefined {
  const port = integerOf(valueAt(node, 'containerPort'));
  const name = stringOf(valueAt(node, 'name'));
  return port === undefined ? undefined : { port, protocol: stringOf(valueAt(node, 'protocol')) || 'TCP', ...(name ? { name } : {}) };
}

const isTrue = (node: Node | undefined): boolean => {
  const scalar = resolve(node);
  if (!isScalar(scalar)) return false;
  const value = scalarValue(scalar);
  return value.type === 'boolean' && value.value;
};

/** Ports of a pod's spec. Init containers count where they keep running. */
function readPorts(spec: Node | undefined): readonly ContainerPort[] {
  const sidecars = itemsOf(valueAt(spec, 'initContainers')).filter((container) => stringOf(valueAt(container, 'restartPolicy')) === 'Always');
  return [...itemsOf(valueAt(spec, 'containers')), ...sidecars].flatMap((container) =>
    itemsOf(valueAt(container, 'ports')).flatMap((port) => readPort(port) ?? []),
  );
}

/** What the pods of a kind are made from. */
interface PodSource {
  readonly metadata: Node | undefined;
  readonly spec: Node | undefined;
}

const templateAt = (root: Node, ...path: readonly string[]): PodSource => ({
  metadata: valueAt(root, ...path, 'metadata'),
  spec: valueAt(root, ...path, 'spec'),
});

const podSources: Readonly<Record<string, (root: Node) => PodSource>> = {
  Pod: (root) => templateAt(root),
  CronJob: (root) => templateAt(root, 'spec', 'jobTemplate', 'spec', 'template'),
  Prometheus: (root) => ({ metadata: valueAt(root, 'spec', 'podMetadata'), spec: valueAt(root, 'spec') }),
  Alertmanager: (root) => ({ metadata: valueAt(root, 'spec', 'podMetadata'), spec: valueAt(root, 'spec') }),
  ThanosRuler: (root) => ({ metadata: valueAt(root, 'spec', 'podMetadata'), spec: valueAt(root, 'spec') }),
};

const fromTemplate = (root: Node): PodSource => templateAt(root, 'spec', 'template');

/** Labels that the Prometheus Operator gives. Source: prometheus-operator/prometheus-operator pkg/{prometheus,alertmanager,thanos}. */
const operatorLabels = (application: string, own: string, name: string): Labels => ({
  'app.kubernetes.io/name': application,
  'app.kubernetes.io/instance': name,
  'app.kubernetes.io/managed-by': 'prometheus-operator',
  'app.kubernetes.io/version': unknownValue,
  [own]: name,
});

const jobLabels = (name: string): Labels => ({
  'batch.kubernetes.io/job-name': name,
  'batch.kubernetes.io/controller-uid': unknownValue,
  'job-name': name,
  'controller-uid': unknownValue,
});

/** Labels that controllers add to the pods they make. Sources: kubernetes/kubernetes pkg/controller/*, and the operators' own. */
const addedLabels: Readonly<Record<string, (name: string) => Labels>> = {
  Deployment: () => ({ 'pod-template-hash': unknownValue }),
  Rollout: () => ({ 'rollouts-pod-template-hash': unknownValue }),
  StatefulSet: () => ({
    'controller-revision-hash': unknownValue,
    'statefulset.kubernetes.io/pod-name': unknownValue,
    'apps.kubernetes.io/pod-index': unknownValue,
  }),
  DaemonSet: () => ({ 'controller-revision-hash': unknownValue, 'pod-template-generation': unknownValue }),
  Job: jobLabels,
  CronJob: () => jobLabels(unknownValue),
  DeploymentConfig: (name) => ({ deploymentconfig: name, deployment: unknownValue }),
  Service: (name) => ({ 'serving.knative.dev/service': name, 'serving.knative.dev/revision': unknownValue, app: unknownValue }),
  Prometheus: (name) => ({
    ...operatorLabels('prometheus', 'prometheus', name),
    'operator.prometheus.io/name': name,
    'operator.prometheus.io/shard': '0',
  }),
  Alertmanager: (name) => operatorLabels('alertmanager', 'alertmanager', name),
  ThanosRuler: (name) => operatorLabels('thanos-ruler', 'thanos-ruler', name),
  VirtualMachine: (name) => ({ 'kubevirt.io': 'virt-launcher', 'vm.kubevirt.io/name': name }),
};

/** Ports that operators open without the manifest saying so. Sources as above. */
const addedPorts: Readonly<Record<string, readonly ContainerPort[]>> = {
  Prometheus: [
    { name: 'web', port: 9090, protocol: 'TCP' },
    { name: 'reloader-web', port: 8080, protocol: 'TCP' },
  ],
  Alertmanager: [
    { name: 'web', port: 9093, protocol: 'TCP' },
    { name: 'mesh-tcp', port: 9094, protocol: 'TCP' },
    { name: 'mesh-udp', port: 9094, protocol: 'UDP' },
    { name: 'reloader-web', port: 8080, protocol: 'TCP' },
  ],
  ThanosRuler: [
    { name: 'grpc', port: 10901, protocol: 'TCP' },
    { name: 'web', port: 10902, protocol: 'TCP' },
  ],
};

const workloadKinds = new Set([
  ...Object.keys(podSources),
  ...Object.keys(addedLabels).filter((kind) => kind !== 'Service'),
  'ReplicationController',
  'ReplicaSet',
]);

/** Whether a resource makes pods, or is one. A Service does only where it is Knative's. */
const isWorkload = ({ kind, table }: Resource): boolean =>
  table !== undefined && kind !== undefined && (workloadKinds.has(kind) || table.apiVersion.startsWith('serving.knative.dev/'));

/** Kinds whose manifests say how many pods there shall be, and where; one where they say nothing. */
const counts: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['spec', 'replicas'],
  StatefulSet: ['spec', 'replicas'],
  ReplicaSet: ['spec', 'replicas'],
  ReplicationController: ['spec', 'replicas'],
  DeploymentConfig: ['spec', 'replicas'],
  Rollout: ['spec', 'replicas'],
  Job: ['spec', 'parallelism'],
};

function replicasOf(kind: string, root: Node): number | undefined {
  if (kind === 'Pod') return 1;
  const path = counts[kind];
  const written = path && valueAt(root, ...path);
  if (!path || (written && integerOf(written) === undefined)) return undefined;
  return integerOf(written) ?? 1;
}

function ownerOf(root: Node): Workload['owner'] {
  const [owner] = itemsOf(valueAt(root, 'metadata', 'ownerReferences'));
  const [kind, name] = ['kind', 'name'].map((key) => stringOf(valueAt(owner, key)));
  return name ? { kind: kind ?? 'Pod', name } : undefined;
}

/** Addresses of a pod's status; a manifest that was exported from a cluster has them. */
function addressesOf(root: Node): readonly string[] {
  const listed = itemsOf(valueAt(root, 'status', 'podIPs')).flatMap((entry) => stringOf(valueAt(entry, 'ip')) ?? []);
  const single = stringOf(valueAt(root, 'status', 'podIP'));
  return listed.length > 0 ? listed : single ? [single] : [];
}

/** Kinds whose pods must carry the labels of their selector: without labels the API server refuses them. */
const needLabels = new Set(['apps/v1 Deployment', 'apps/v1 ReplicaSet', 'apps/v1 DaemonSet', 'apps/v1 StatefulSet']);

/**
 * A workload; undefined for what makes no pods, for what has no name yet, and for what can only be a part of one: a patch that is written like a
 * workload, and that no kustomization names any more.
 */
export function readWorkload(resource: Resource): Workload | undefined {
  const { kind, name, namespace, root, apiVersion } = resource;
  if (kind === undefined || name === undefined || !isWorkload(resource)) return undefined;
  const source = (podSources[kind] ?? fromTemplate)(root);
  const isPart = needLabels.has(`${apiVersion} ${kind}`) && !valueAt(source.metadata, 'labels') && !valueAt(root, 'spec', 'selector');
  if (isPart && !resource.document.templated) return undefined;
  const owner = kind === 'Pod' ? ownerOf(root) : undefined;
  const addresses = kind === 'Pod' ? addressesOf(root) : [];
  const replicas = replicasOf(kind, root);
  return {
    kind,
    name,
    namespace,
    ownLabels: readLabels(valueAt(root, 'metadata', 'labels')),
    podLabels: { ...addedLabels[kind]?.(name), ...readLabels(valueAt(source.metadata, 'labels')) },
    ports: [...readPorts(source.spec), ...(addedPorts[kind] ?? [])],
    hostNetwork: isTrue(valueAt(source.spec, 'hostNetwork')),
    serviceAccount: stringOf(valueAt(source.spec, 'serviceAccountName')) || 'default',
    ...(replicas === undefined ? {} : { replicas }),
    ...(owner ? { owner } : {}),
    ...(addresses.length > 0 ? { addresses } : {}),
  };
}

function readServicePort(node: Node): ServicePort | undefined {
  const port = integerOf(valueAt(node, 'port'));
  if (port === undefined) return undefined;
  const target = valueAt(node, 'targetPort');
  const name = stringOf(valueAt(node, 'name'));
  return {
    port,
    targetPort: integerOf(target) ?? (stringOf(target) || port),
    protocol: stringOf(valueAt(node, 'protocol')) || 'TCP',
    ...(name ? { name } : {}),
  };
}

/** A core/v1 Service; undefined for anything else and for what has no name yet. */
export function readService({ table, kind, name, namespace, root }: Resource): Service | undefined {
  if (kind !== 'Service' || table?.apiVersion !== 'v1' || name === undefined) return undefined;
  const selector = valueAt(root, 'spec', 'selector');
  const labels = valueAt(root, 'metadata', 'labels');
  const external =
    ['LoadBalancer', 'NodePort'].includes(stringOf(valueAt(root, 'spec', 'type')) ?? '') || itemsOf(valueAt(root, 'spec', 'externalIPs')).length > 0;
  return {
    ...(external ? { external } : {}),
    name,
    namespace,
    ...(isMap(labels) ? { labels: readLabels(labels) } : {}),
    selector: isMap(selector) && selector.entries.length > 0 ? readLabels(selector) : undefined,
    ports: itemsOf(valueAt(root, 'spec', 'ports')).flatMap((port) => readServicePort(port) ?? []),
  };
}

/** A Namespace with the label that the API server adds; undefined for anything else and for what has no name yet. */
export function readNamespace({ kind, name, root }: Resource): Namespace | undefined {
  if (kind !== 'Namespace' || name === undefined) return undefined;
  return { name, labels: { ...readLabels(valueAt(root, 'metadata', 'labels')), [nameLabel]: name } };
}
