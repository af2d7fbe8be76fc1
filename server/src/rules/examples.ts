/** Text for the examples of rules: a policy named web whose spec is `spec`, written from column 0; caret lines keep their place. */
export function policyWith(spec: string): string {
  const lines = spec.replace(/\n$/, '').split('\n');
  const body = lines.map((line) => (line.startsWith('#') ? `#  ${line.slice(1)}` : `  ${line}`)).join('\n');
  return `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\nspec:\n${body}\n`;
}

/** The same for an AdminNetworkPolicy named web. */
export const adminPolicyWith = (spec: string): string =>
  policyWith(spec).replace('networking.k8s.io/v1\nkind: NetworkPolicy', 'policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy');
