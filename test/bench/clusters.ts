/** Size of a generated cluster. */
export interface ClusterSize {
  readonly pods: number;
  readonly namespaces: number;
  readonly policies: number;
}

/** A cluster like those that people have: teams in namespaces, a few applications each, most namespaces denying by default, and policies that open single flows. */
export function clusterManifests({ pods, namespaces, policies }: ClusterSize): readonly string[] {
  const documents: string[] = [];
  for (let i = 0; i < namespaces; i++) {
    documents.push(`apiVersion: v1\nkind: Namespace\nmetadata:\n  name: team-${i}\n  labels:\n    tier: t${i % 5}\n`);
  }
  const perNamespace = Math.ceil(pods / namespaces);
  for (let i = 0; i < pods; i++) {
    const own = i % namespaces;
    documents.push(
      `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app-${i}\n  namespace: team-${own}\nspec:\n  template:\n    metadata:\n      labels:\n        app: app-${Math.floor(i / namespaces)}\n        part: p${i % 3}\n    spec:\n      containers:\n        - name: main\n          ports:\n            - name: http\n              containerPort: ${8000 + (i % 10)}\n`,
    );
  }
  for (let i = 0; i < policies; i++) {
    const own = i % namespaces;
    const head = `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: policy-${i}\n  namespace: team-${own}\nspec:\n`;
    if (i < namespaces) documents.push(`${head}  podSelector: {}\n  policyTypes: [Ingress, Egress]\n`);
    else {
      const app = Math.floor(i / namespaces) % perNamespace;
      documents.push(
        `${head}  podSelector:\n    matchLabels:\n      app: app-${app}\n  policyTypes: [Ingress, Egress]\n  ingress:\n    - from:\n        - namespaceSelector:\n            matchLabels:\n              kubernetes.io/metadata.name: team-${(own + 1) % namespaces}\n          podSelector:\n            matchLabels:\n              app: app-${(app + 1) % perNamespace}\n      ports:\n        - port: http\n  egress:\n    - to:\n        - ipBlock:\n            cidr: 10.${i % 256}.0.0/16\n        - podSelector:\n            matchLabels:\n              part: p${i % 3}\n      ports:\n        - port: 8080\n          endPort: 8090\n`,
      );
    }
  }
  return documents;
}

export const clusterSizes: readonly ClusterSize[] = [
  { pods: 100, namespaces: 10, policies: 50 },
  { pods: 1_000, namespaces: 100, policies: 500 },
  { pods: 10_000, namespaces: 1_000, policies: 5_000 },
];
