/** Kubernetes' own first; the others are Calico's, of parts of a value, and their opposites, which also hold without the label. */
export type Operator =
  | 'In'
  | 'NotIn'
  | 'Exists'
  | 'DoesNotExist'
  | 'Contains'
  | 'StartsWith'
  | 'EndsWith'
  | 'NotContains'
  | 'NotStartsWith'
  | 'NotEndsWith';

/** One condition on labels. `values` has at least one entry for In and NotIn, none for Exists and DoesNotExist, one for the others. */
export interface Requirement {
  readonly key: string;
  readonly operator: Operator;
  readonly values: readonly string[];
}

/**
 * A label selector: every requirement must hold; without any, everything matches. An entry of `matchLabels` is an In
 * with one value.
 */
export interface Selector {
  readonly requirements: readonly Requirement[];
  /** Of each list at least one must hold, too. Only languages with OR have these. */
  readonly anyOf?: readonly (readonly Selector[])[];
}

/** The label that every namespace carries: its own name. Source: kubernetes.io/docs/reference/labels-annotations-taints. */
export const nameLabel = 'kubernetes.io/metadata.name';

/** Selects all. */
export const everything: Selector = { requirements: [] };

export type Labels = Readonly<Record<string, string>>;

/** Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/labels/selector.go (Requirement.Matches). */
function holds({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Contains':
      return value?.includes(values[0] ?? '') === true;
    case 'StartsWith':
      return value?.startsWith(values[0] ?? '') === true;
    case 'EndsWith':
      return value?.endsWith(values[0] ?? '') === true;
    case 'NotContains':
      return value?.includes(values[0] ?? '') !== true;
    case 'NotStartsWith':
      return value?.startsWith(values[0] ?? '') !== true;
    case 'NotEndsWith':
      return value?.endsWith(values[0] ?? '') !== true;
  }
}

/** Selects what carries all of some labels, with these values. */
export const selectorOf = (labels: Labels): Selector => ({
  requirements: Object.entries(labels).map(([key, value]) => ({ key, operator: 'In', values: [value] })),
});

export const selects = (selector: Selector, labels: Labels): boolean =>
  selector.requirements.every((requirement) => holds(requirement, labels)) &&
  (selector.anyOf ?? []).every((alternatives) => alternatives.some((alternative) => selects(alternative, labels)));

/** Nothing is asked for: every set of labels is selected. */
export const selectsAll = (selector: Selector | undefined): boolean => !selector || (selector.requirements.length === 0 && !selector.anyOf?.length);

/** Both must hold. */
export function bothOf(a: Selector, b: Selector): Selector {
  const anyOf = [...(a.anyOf ?? []), ...(b.anyOf ?? [])];
  return { requirements: [...a.requirements, ...b.requirements], ...(anyOf.length > 0 ? { anyOf } : {}) };
}

/** A label that no pod and no namespace can have. */
const impossible = '\0';

/** Selects nothing at all. */
export const selectsNone: Selector = { requirements: [{ key: impossible, operator: 'Exists', values: [] }] };

export const isNever = ({ requirements }: Selector): boolean => requirements.some(({ key, operator }) => key === impossible && operator === 'Exists');

/** Stands among a pod's labels for the name of its service account, where policies ask for it. No real label can have the name. */
export const serviceAccountLabel = '\0serviceAccount';

/** Stands among a pod's labels for the name of its namespace, where policies ask for it there. */
export const namespaceLabel = '\0namespace';

/** Stands among the labels of an address set for its name. */
export const setNameLabel = '\0name';
