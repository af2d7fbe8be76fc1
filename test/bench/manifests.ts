/** One document of realistic size: a policy that lets a neighbour, an address range and DNS through. */
function policy(i: number): string {
  const team = (n: number) => `team-${n % 40}`;
  return `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: service-${i}
  namespace: ${team(i)}
  labels:
    app.kubernetes.io/name: service-${i}
spec:
  podSelector:
    matchLabels:
      app: service-${i}
  policyTypes:
    - Ingress
    - Egress
  ingress:
    - from:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: ${team(i + 1)}
          podSelector:
            matchLabels:
              app: service-${i + 1}
        - ipBlock:
            cidr: 10.${i % 256}.0.0/16
            except:
              - 10.${i % 256}.1.0/24
      ports:
        - protocol: TCP
          port: ${8000 + (i % 1000)}
  egress:
    - to:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: kube-system
          podSelector:
            matchLabels:
              k8s-app: kube-dns
      ports:
        - protocol: UDP
          port: 53
        - protocol: TCP
          port: 53
`;
}

/** A file of `count` policies. */
export const manifests = (count: number): string => Array.from({ length: count }, (_, i) => policy(i)).join('---\n');

const workload = (i: number): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: service-${i}
  namespace: team-${i % 40}
spec:
  template:
    metadata:
      labels:
        app: service-${i}
    spec:
      containers:
        - name: service
          image: registry.example/service-${i}
          ports:
            - containerPort: ${8000 + (i % 1000)}
`;

/** A file of `count` Deployments, those that the policies of `manifests` select. */
export const workloads = (count: number): string => Array.from({ length: count }, (_, i) => workload(i)).join('---\n');
