import type { PortRange } from './policy.ts';
import type { Labels } from './selector.ts';

/** A port that a container says it listens on. */
export interface ContainerPort {
  readonly name?: string;
  /** 1–65535. */
  readonly port: number;
  /** TCP, UDP or SCTP. */
  readonly protocol: string;
}

/** Whether traffic of a container's protocol is among that of a rule's. */
export const carries = (protocol: string, own: string): boolean => protocol === 'ANY' || protocol === own;

/** Whether a port that a container declares is among those that a rule means. */
export const isAmongPorts = (own: ContainerPort, { protocol, port, endPort }: PortRange): boolean =>
  carries(protocol, own.protocol) &&
  (port === undefined || (typeof port === 'number' ? port <= own.port && own.port <= (endPort ?? port) : port === own.name));

/** Something that makes pods, or a pod itself. */
export interface Workload {
  readonly kind: string;
  readonly name: string;
  /** As written; undefined where the manifest leaves it to whoever applies it. */
  readonly namespace: string | undefined;
  /** Labels of the workload object itself: no selector matches pods by them. */
  readonly ownLabels: Labels;
  /** Labels of the pods: those of the template, and those that the controller adds. */
  readonly podLabels: Labels;
  /** Of all containers that keep running, init containers with `restartPolicy: Always` included. */
  readonly ports: readonly ContainerPort[];
  /** A template may write more of them. */
  readonly morePorts?: true;
  readonly hostNetwork: boolean;
  /** Pods that the manifest asks for; undefined where their number depends on nodes, metrics or an operator. */
  readonly replicas?: number;
  readonly serviceAccount: string;
  /** Kind and name of the controller that a Pod belongs to. */
  readonly owner?: { readonly kind: string; readonly name: string };
  /** Addresses of a Pod that says them in its status. */
  readonly addresses?: readonly string[];
}

/**
 * Stands for the value of a label that a controller sets to something nobody can know beforehand. It equals no written
 * value, so that only Exists, DoesNotExist and NotIn can tell anything by it.
 */
export const unknownValue = '\0';

export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  /** Number or name of a container port; `port` where the manifest leaves it out. */
  readonly targetPort: number | string;
  readonly protocol: string;
}

/**
 * The port of a pod to which a port of a Service leads; undefined where no container has one of that name and protocol. Source:
 * kubernetes/kubernetes pkg/api/v1/pod/util.go (FindPort).
 */
export const targetPortAt = ({ targetPort, protocol }: ServicePort, ports: readonly ContainerPort[]): number | undefined =>
  typeof targetPort === 'number' ? targetPort : ports.find((own) => own.name === targetPort && own.protocol === protocol)?.port;

export interface Service {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly labels?: Labels;
  /** Undefined: the Service selects no pods. */
  readonly selector: Labels | undefined;
  readonly ports: readonly ServicePort[];
  /** It opens a way in from outside the cluster: of type LoadBalancer or NodePort, or with external addresses. */
  readonly external?: boolean;
}

export interface Namespace {
  readonly name: string;
  /** With `kubernetes.io/metadata.name`, which the API server sets. */
  readonly labels: Labels;
}
