export type Operator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';

/** One condition on labels. `values` has at least one entry for In and NotIn, none otherwise. */
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
}

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
  }
}

export const selects = (selector: Selector, labels: Labels): boolean => selector.requirements.every((requirement) => holds(requirement, labels));
