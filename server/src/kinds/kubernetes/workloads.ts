import type { Field, FieldType, KindTable, ObjectType } from '../fieldTypes.ts';
import { anything, apiVersionField, kindField, labelSelector, labels, objectMeta, text } from './meta.ts';

/**
 * Tables of what netpol reads from workloads, Namespaces, Services and Ingresses. They are open: other fields are the
 * business of other tools, and nothing here is called unknown.
 * Sources: kubernetes/kubernetes staging/src/k8s.io/api/{core,apps,batch,networking}/v1/types.go.
 */
const workloadsUrl = 'https://kubernetes.io/docs/concepts/workloads/';

export const open = (name: string, fields: Readonly<Record<string, Field>>): ObjectType => ({ is: 'object', name, fields, open: true });

const containerPort = open('a container port', {
  name: { type: text, doc: 'The name by which policies and Services may refer to this port: at most 15 of a–z, 0–9 and “-”.' },
  containerPort: { type: { is: 'integer' }, doc: 'The port that the container listens on: the number that a policy’s `port` means.' },
  protocol: { type: text, doc: 'Protocol of the port: `TCP`, `UDP` or `SCTP`.', absent: 'TCP' },
});

const containers: FieldType = {
  is: 'list',
  of: open('a container', {
    name: { type: text, doc: 'Name of the container.' },
    ports: {
      type: { is: 'list', of: containerPort },
      doc: 'The ports that the container says it listens on. A policy refers to them by number or by name.',
    },
  }),
};

const podSpec = open('a pod’s spec', {
  containers: { type: containers, doc: 'The containers of the pod.' },
  initContainers: {
    type: containers,
    doc: 'Containers that run first; those with `restartPolicy: Always` keep running, and their ports count.',
  },
  hostNetwork: {
    type: { is: 'boolean' },
    doc: 'The pod uses its node’s network. Policies that select such a pod have no defined effect in most network plugins.',
    absent: 'the pod has a network of its own',
  },
  serviceAccountName: { type: text, doc: 'The service account that the pod runs as.', absent: '`default`' },
});

const podTemplate = open('a pod template', {
  metadata: {
    type: open('the pods’ metadata', {
      labels: { type: labels, doc: 'The labels of the pods. These, not the labels of the workload, are what policies and Services select by.' },
    }),
    doc: 'Metadata of the pods that are made.',
  },
  spec: { type: podSpec, doc: 'What the pods run.' },
});

export const template: Field = { type: podTemplate, doc: 'The pods that this workload makes.' };
export const selector: Field = { type: labelSelector, doc: 'Which pods belong to this workload; must fit the labels of the template.' };

export function kindTable(
  apiVersion: string,
  kind: string,
  spec: ObjectType,
  options: { namespaced?: boolean; url?: string; doc?: string } = {},
): KindTable {
  const namespaced = options.namespaced ?? true;
  return {
    apiVersion,
    kind,
    namespaced,
    validated: false,
    url: options.url ?? workloadsUrl,
    type: open(`a ${kind}`, {
      apiVersion: apiVersionField,
      kind: kindField,
      metadata: { type: { ...objectMeta(namespaced), open: true }, doc: `Name${namespaced ? ', namespace' : ''} and labels of the ${kind}.` },
      spec: { type: spec, doc: options.doc ?? `What the ${kind} runs.` },
    }),
  };
}

const templated = (name: string): ObjectType => open(name, { selector, template });

export const rawSelector: Field = { type: labels, doc: 'Labels that the pods must all carry.' };

const servicePort = open('a Service port', {
  name: { type: text, doc: 'Name of the Service’s port.' },
  port: { type: { is: 'integer' }, doc: 'The port that clients of the Service connect to. Policies see `targetPort`, not this one.' },
  targetPort: {
    type: { is: 'intOrString' },
    doc: 'The port of the pods, by number or name: the one that a policy’s `port` means.',
    absent: 'the same as `port`',
  },
  protocol: { type: text, doc: 'Protocol of the port.', absent: 'TCP' },
});

const cronJobSpec = open('a CronJob’s spec', {
  jobTemplate: {
    type: open('a Job template', { spec: { type: templated('a Job’s spec'), doc: 'What the Job runs.' } }),
    doc: 'The Jobs that are made.',
  },
});

export const workloadTables: readonly KindTable[] = [
  kindTable('v1', 'Pod', podSpec),
  kindTable('v1', 'ReplicationController', open('a ReplicationController’s spec', { selector: rawSelector, template })),
  kindTable('apps/v1', 'ReplicaSet', templated('a ReplicaSet’s spec')),
  kindTable('apps/v1', 'Deployment', templated('a Deployment’s spec')),
  kindTable('apps/v1', 'StatefulSet', templated('a StatefulSet’s spec')),
  kindTable('apps/v1', 'DaemonSet', templated('a DaemonSet’s spec')),
  kindTable('batch/v1', 'Job', templated('a Job’s spec')),
  kindTable('batch/v1', 'CronJob', cronJobSpec),
];

export const serviceTable = kindTable(
  'v1',
  'Service',
  open('a Service’s spec', {
    selector: rawSelector,
    ports: { type: { is: 'list', of: servicePort }, doc: 'The ports of the Service and where they lead.' },
  }),
  { url: 'https://kubernetes.io/docs/concepts/services-networking/service/', doc: 'Which pods the Service leads to, and on which ports.' },
);

export const namespaceTable = kindTable('v1', 'Namespace', open('a Namespace’s spec', {}), {
  namespaced: false,
  url: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/',
  doc: 'Rarely written; what policies look at are the labels in `metadata`.',
});

export const ingressTable = kindTable(
  'networking.k8s.io/v1',
  'Ingress',
  open('an Ingress’s spec', { rules: { type: anything, doc: 'Hosts and paths, and the Service that each leads to.' } }),
  {
    url: 'https://kubernetes.io/docs/concepts/services-networking/ingress/',
    doc: 'Which Services the ingress controller opens to the outside.',
  },
);

const route = (apiVersion: string, kind: string, url: string): KindTable =>
  kindTable(apiVersion, kind, open(`a ${kind}’s spec`, { rules: { type: anything, doc: 'What is matched, and the Services that it leads to.' } }), {
    url,
    doc: 'Which Services the gateway or router opens to the outside.',
  });

const gatewayUrl = 'https://gateway-api.sigs.k8s.io/';

/** The versions that a release of the last years served, the newest first. Source: kubernetes-sigs/gateway-api 1.0 to 1.7, config/crd. */
const gatewayRoutes: readonly (readonly [kind: string, versions: readonly string[]])[] = [
  ['HTTPRoute', ['v1', 'v1beta1']],
  ['GRPCRoute', ['v1', 'v1alpha2']],
  ['TLSRoute', ['v1', 'v1alpha3', 'v1alpha2']],
  ['TCPRoute', ['v1', 'v1alpha2']],
  ['UDPRoute', ['v1', 'v1alpha2']],
];

/** Routes from a gateway or router to Services. */
export const routeTables: readonly KindTable[] = [
  route('route.openshift.io/v1', 'Route', 'https://docs.openshift.com/container-platform/latest/networking/routes/route-configuration.html'),
  ...gatewayRoutes.flatMap(([kind, versions]) => versions.map((version) => route(`gateway.networking.k8s.io/${version}`, kind, gatewayUrl))),
];
