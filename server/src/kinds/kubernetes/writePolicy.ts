import { nameLabel, type Selector } from '../../model/selector.ts';
import { breakOf, indentLines, isFlowText, styleOf } from '../../syntax/edits.ts';
import type { TextEdit } from '../../syntax/textEdit.ts';
import { writeYaml } from '../../syntax/writeYaml.ts';

/** Model → text, in the style of the document that the text is for. */

/** A peer, port or rule as a manifest writes it. */
type Written = Readonly<Record<string, unknown>>;

export interface NewPolicy {
  readonly name: string;
  /** Undefined: left to whoever applies it, as the other manifests do. */
  readonly namespace: string | undefined;
  readonly spec: Written;
}

/** A label selector as a manifest writes it: `matchLabels` as far as that says it, which asks for each label once. */
export function writtenSelector({ requirements }: Selector): Written {
  const labels = new Map<string, string | undefined>();
  const expressions: Written[] = [];
  for (const { key, operator, values } of requirements) {
    if (operator === 'In' && values.length === 1 && !labels.has(key)) labels.set(key, values[0]);
    else expressions.push({ key, operator, ...(values.length > 0 ? { values } : {}) });
  }
  return {
    ...(labels.size > 0 ? { matchLabels: Object.fromEntries(labels) } : {}),
    ...(expressions.length > 0 ? { matchExpressions: expressions } : {}),
  };
}

/** A value as YAML with the indentation, list style and quotes of a document, without a line break at its end. */
export function writtenLike(text: string, value: unknown): string {
  const { indent, indentedLists } = styleOf(text);
  const quotes = /^ +name: *(["'])/m.exec(text)?.[1];
  return writeYaml(value, {
    indent,
    indentSeq: indentedLists,
    defaultKeyType: 'PLAIN',
    ...(quotes ? { defaultStringType: quotes === '"' ? 'QUOTE_DOUBLE' : 'QUOTE_SINGLE' } : {}),
  });
}

/** JSON holds one document a file. */
export const takesDocuments = (text: string): boolean => !isFlowText(text);

/** Adds policies as documents of their own at the end of one, in its style. `text` is that document's; none where it is JSON. */
export function appendPolicies(text: string, policies: readonly NewPolicy[]): TextEdit[] {
  const documents = policies.map(({ name, namespace, spec }) => {
    // What Kubernetes itself names stays unquoted, as nearly everybody writes it.
    const head = `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy`;
    return `${head}\n${writtenLike(text, { metadata: { name, ...(namespace === undefined ? {} : { namespace }) }, spec })}`;
  });
  return appendDocuments(text, documents);
}

/** Adds documents, each without a line break at its end, behind all of a file; nothing where it takes none. */
export function appendDocuments(text: string, documents: readonly string[]): TextEdit[] {
  if (!takesDocuments(text) || documents.length === 0) return [];
  const lineBreak = breakOf(text);
  const body = indentLines(documents.map((document) => `---\n${document}\n`).join(''), 0, lineBreak);
  return [{ start: text.length, end: text.length, newText: `${text === '' || text.endsWith('\n') ? '' : lineBreak}${body}` }];
}

/** Rule for the cluster's DNS: CoreDNS, or OpenShift's, whose pods listen on 5353. Source: semantics of the platforms' default manifests. */
export function dnsRule(platform: 'kubernetes' | 'openshift'): Written {
  const port = platform === 'openshift' ? 5353 : 53;
  const pods = platform === 'openshift' ? { 'dns.operator.openshift.io/daemonset-dns': 'default' } : { 'k8s-app': 'kube-dns' };
  return {
    to: [
      {
        namespaceSelector: { matchLabels: { [nameLabel]: platform === 'openshift' ? 'openshift-dns' : 'kube-system' } },
        podSelector: { matchLabels: pods },
      },
    ],
    ports: [
      { protocol: 'UDP', port },
      { protocol: 'TCP', port },
    ],
  };
}

/** A policy that lets every pod of a namespace ask the cluster's DNS. */
export const allowDns = (namespace: string | undefined, platform: 'kubernetes' | 'openshift'): NewPolicy => ({
  name: 'allow-dns',
  namespace,
  spec: { podSelector: {}, policyTypes: ['Egress'], egress: [dnsRule(platform)] },
});

/** A policy that selects every pod of a namespace and lets nothing through. */
export const defaultDeny = (namespace: string | undefined, types: readonly ('Ingress' | 'Egress')[]): NewPolicy => ({
  name: types.length === 2 ? 'default-deny-all' : `default-deny-${types[0]?.toLowerCase()}`,
  namespace,
  spec: { podSelector: {}, policyTypes: types },
});
