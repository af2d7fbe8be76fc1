/** Text for the examples of rules: a policy named web whose spec is `spec`, written from column 0; caret lines keep their place. */
export const policyWith = (spec: string): string => policyNamed('web', undefined, spec);

/** The same of another name, in a namespace. */
export function policyNamed(name: string, namespace: string | undefined, spec: string): string {
  const lines = spec.replace(/\n$/, '').split('\n');
  const body = lines.map((line) => (line.startsWith('#') ? `#  ${line.slice(1)}` : `  ${line}`)).join('\n');
  const where = namespace === undefined ? '' : `\n  namespace: ${namespace}`;
  return `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: ${name}${where}\nspec:\n${body}\n`;
}

/** The same for an AdminNetworkPolicy named web. */
export const adminPolicyWith = (spec: string): string =>
  policyWith(spec).replace('networking.k8s.io/v1\nkind: NetworkPolicy', 'policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy');

/** A Deployment whose pods are labelled `app: <name>` and listen on ports, written as in a container: `{containerPort: 80}`. */
export function deployment(name: string, namespace: string, ...ports: readonly string[]): string {
  const listens = ports.length === 0 ? '' : `\n          ports:${ports.map((port) => `\n            - ${port}`).join('')}`;
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: ${namespace}
spec:
  selector:
    matchLabels: {app: ${name}}
  template:
    metadata:
      labels:
        app: ${name}
    spec:
      containers:
        - name: ${name}
          image: registry.example/${name}:1${listens}
`;
}

/** A Service for the pods labelled `app: <name>`. */
export const service = (name: string, namespace: string, port: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n  namespace: ${namespace}\nspec:\n  selector: {app: ${name}}\n  ports:\n    - ${port}\n`;

export const namespaceNamed = (name: string, labels = ''): string =>
  `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${name}\n${labels === '' ? '' : `  labels: {${labels}}\n`}`;

/** Documents of one file. */
export const documents = (...texts: readonly string[]): string => texts.join('---\n');

/** A text with a line of carets under a part of it, and words that the message holds; under its `nth` occurrence, the first being 1. */
export function flagged(text: string, part: string, words: string, nth = 1): string {
  let at = -1;
  for (let i = 0; i < nth; i++) at = text.indexOf(part, at + 1);
  const start = text.lastIndexOf('\n', at) + 1;
  const end = text.indexOf('\n', at);
  const column = at - start;
  const carets = column === 0 ? `#<${'^'.repeat(part.length)}` : `#${' '.repeat(column - 1)}${'^'.repeat(part.length)}`;
  return `${text.slice(0, end)}\n${carets} ${words}${text.slice(end)}`;
}

/** The policy `web` of `shop` with one ingress rule, in YAML. */
export const intoWeb = (rule: string): string =>
  policyNamed('web', 'shop', `podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress]\ningress:\n  - ${rule}`);
