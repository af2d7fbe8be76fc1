import type { Node, Range, ScalarNode } from './node.ts';
import type { MaskedText } from './template.ts';

/**
 * Variables that something fills in before the API server sees a manifest: `${NAME}` with or without a default, `${{NAME}}`, `$(NAME)`, and
 * `$NAME` where it is all of a value, and `<< inputs.NAME >>`. What the API looks at never holds these signs. Sources: GNU envsubst(1),
 * fluxcd/pkg envsubst, OpenShift's templates, vars of Kustomize, controlplaneio-fluxcd/flux-operator.
 */
const variable = /\$\{\{?\s*[A-Za-z_][^{}]*\}|\$\([A-Za-z_][\w.-]*\)|^\$[A-Z_][A-Z0-9_]*$|<<[^<>]*\binputs\b[^<>]*>>/;

/** Whether a string, as it is written, holds a variable. */
export const holdsVariable = (text: string): boolean => (text.includes('$') || text.includes('<<')) && variable.test(text);

/** The same where they would end a value between brackets. */
const braced = /\$\{\s*[A-Za-z_][^{}\r\n]*\}/g;

/** Whether a text may hold such variables. */
export const mayHoldVariables = (text: string): boolean =>
  (text.includes('$') && /\$[{(A-Z_]/.test(text)) || (text.includes('<<') && text.includes('>>'));

/**
 * Keys below which a variable tells nothing of who may reach whom. Most of what stands there is for the containers themselves: Kubernetes,
 * a shell or the program fills it in.
 */
const apartFromTraffic: ReadonlySet<string> = new Set([
  'annotations',
  'args',
  'binaryData',
  'command',
  'data',
  'env',
  'envFrom',
  'externalName',
  'host',
  'hosts',
  'image',
  'imagePullSecrets',
  'lifecycle',
  'livenessProbe',
  'readinessProbe',
  'replicas',
  'resources',
  'startupProbe',
  'stringData',
  'tls',
  'volumeClaimTemplates',
  'volumeMounts',
  'volumes',
]);

/** The same of policies. */
const apartFromPolicies: ReadonlySet<string> = new Set(['annotations']);

const isPolicyKind = (text: string): boolean => /Policy$|NetworkSet$|CIDRGroup$/.test(text);

/** Marks the scalars of a tree that hold variables, as if a template wrote them; whether some may change who may reach whom. */
export function markVariables(node: Node, apart = apartFromTraffic): boolean {
  if (node.kind === 'scalar') return mark(node);
  if (node.kind === 'alias') return false;
  let isMarked = false;
  if (node.kind === 'seq') {
    for (const { value } of node.items) isMarked = markVariables(value, apart) || isMarked;
    return isMarked;
  }
  const isPolicy = node.entries.some(({ key, value }) => key.text === 'kind' && value.kind === 'scalar' && isPolicyKind(value.text));
  const below = isPolicy ? apartFromPolicies : apart;
  for (const { key, value } of node.entries) {
    const inKey = mark(key);
    const inValue = markVariables(value, below);
    isMarked ||= !below.has(key.text) && (inKey || inValue);
  }
  return isMarked;
}

function mark(node: ScalarNode): boolean {
  if (node.templated) return true;
  if (!holdsVariable(node.text)) return false;
  (node as { templated?: boolean }).templated = true;
  return true;
}

/** A text whose `${NAME}` are words, of the same length, and where they stood. */
export function maskVariables(text: string): MaskedText {
  const holes: Range[] = [];
  const masked = text.replace(braced, (found, start: number) => {
    holes.push({ start, end: start + found.length });
    return 'x'.repeat(found.length);
  });
  return { text: masked, holes };
}
