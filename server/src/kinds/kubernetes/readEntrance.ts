import type { Entrance } from '../../model/cluster.ts';
import { itemsOf, type Node, valueAt } from '../../syntax/node.ts';
import { integerOf, stringOf } from '../../syntax/scalar.ts';
import type { Resource } from '../resource.ts';

/**
 * What leads from an ingress controller to Services: Ingress, Gateway API routes, OpenShift Routes.
 * Sources: kubernetes/kubernetes staging/src/k8s.io/api/networking/v1/types.go; kubernetes-sigs/gateway-api apis/v1;
 * openshift/api route/v1/types.go.
 */
const portOf = (node: Node | undefined): number | string | undefined => integerOf(node) ?? stringOf(node);

function ingressBackends(spec: Node | undefined): readonly (Node | undefined)[] {
  const paths = itemsOf(valueAt(spec, 'rules')).flatMap((rule) => itemsOf(valueAt(rule, 'http', 'paths')));
  return [valueAt(spec, 'defaultBackend', 'service'), ...paths.map((path) => valueAt(path, 'backend', 'service'))];
}

type Backend = Pick<Entrance, 'service' | 'port'> & { readonly namespace?: string };

function backendsOf(kind: string, root: Node): readonly Backend[] {
  const spec = valueAt(root, 'spec');
  if (kind === 'Ingress') {
    return ingressBackends(spec).flatMap((backend) => {
      const service = stringOf(valueAt(backend, 'name'));
      return service === undefined ? [] : [{ service, port: portOf(valueAt(backend, 'port', 'number')) ?? portOf(valueAt(backend, 'port', 'name')) }];
    });
  }
  if (kind === 'Route') {
    const targets = [valueAt(spec, 'to'), ...itemsOf(valueAt(spec, 'alternateBackends'))];
    return targets.flatMap((target) => {
      const service = stringOf(valueAt(target, 'name'));
      return service === undefined ? [] : [{ service, port: portOf(valueAt(spec, 'port', 'targetPort')) }];
    });
  }
  return itemsOf(valueAt(spec, 'rules')).flatMap((rule) =>
    itemsOf(valueAt(rule, 'backendRefs')).flatMap((backend) => {
      const service = stringOf(valueAt(backend, 'name'));
      const kindOfBackend = stringOf(valueAt(backend, 'kind')) ?? 'Service';
      const namespace = stringOf(valueAt(backend, 'namespace'));
      return service === undefined || kindOfBackend !== 'Service'
        ? []
        : [{ service, port: portOf(valueAt(backend, 'port')), ...(namespace ? { namespace } : {}) }];
    }),
  );
}

const entranceKinds = new Set(['Ingress', 'Route', 'HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute']);

/** The ways in that a resource opens; none for anything else. `namespace` is where a resource without one lives. */
export function readEntrances({ kind, name, namespace: own, table, root }: Resource, namespace: string): readonly Entrance[] {
  if (kind === undefined || name === undefined || !table || !entranceKinds.has(kind)) return [];
  return backendsOf(kind, root).map((backend) => ({ kind, name, namespace: own ?? namespace, ...backend }));
}
