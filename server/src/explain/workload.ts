import type { Labels } from '../model/selector.ts';
import { type ContainerPort, type Namespace, type Service, unknownValue, type Workload } from '../model/workload.ts';
import { allOf, code, ownNamespace, shortened } from './phrases.ts';

const labelled = (labels: Labels): string => {
  const known = Object.entries(labels).filter(([, value]) => value !== unknownValue);
  return known.length === 0
    ? 'without labels'
    : `labelled ${shortened(
        known.map(([key, value]) => code(`${key}=${value}`)),
        allOf,
      )}`;
};

const containerPort = ({ name, port, protocol }: ContainerPort): string => `${protocol} ${port}${name ? ` (${code(name)})` : ''}`;

/** "Makes pods labelled `app=web` in namespace `shop`, which listen on TCP 8080 (`http`)." */
export function workload({ kind, namespace, podLabels, ports, hostNetwork }: Workload): string {
  const what = kind === 'Pod' ? 'A pod' : 'Makes pods';
  const listens = kind === 'Pod' ? 'which listens on' : 'which listen on';
  const on = ports.length === 0 ? 'which declare no port' : `${listens} ${shortened(ports.map(containerPort), allOf)}`;
  const host = hostNetwork ? ' They use their node’s network: what policies do to such pods differs by network plugin.' : '';
  return `${what} ${labelled(podLabels)} in ${ownNamespace(namespace)}, ${kind === 'Pod' && ports.length === 0 ? 'which declares no port' : on}.${host}`;
}

/** "Leads to pods labelled `app=web` in namespace `shop`: TCP 80 → 8080." */
export function service({ selector, namespace, ports }: Service): string {
  if (!selector) return 'Selects no pods: what it leads to is set by hand.';
  const lines = ports.map(
    ({ port, targetPort, protocol }) => `${protocol} ${port} → ${typeof targetPort === 'number' ? targetPort : `port ${code(targetPort)}`}`,
  );
  return `Leads to pods ${labelled(selector)} in ${ownNamespace(namespace)}${lines.length > 0 ? `: ${shortened(lines, allOf)}` : ''}. Policies see the ports on the right.`;
}

/** "Policies select this namespace by its labels: …". */
export const namespace = ({ labels }: Namespace): string => `Policies select this namespace by its labels: it is ${labelled(labels)}.`;
