import { deployment, policyNamed } from '../../server/src/rules/examples.ts';

const settings = (i: number, size: number): string => {
  let text = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings-${i}\n  namespace: team-${i % 40}\ndata:\n`;
  for (let line = 0; text.length < size; line++) text += `  key-${line}: "value ${line} of ${i}, which nobody reads"\n`;
  return text;
};

const custom = (i: number, size: number): string => {
  let text = `apiVersion: example.org/v1\nkind: Dashboard\nmetadata:\n  name: d-${i}\nspec:\n  panels:\n`;
  for (let line = 0; text.length < size; line++)
    text += `    - title: Panel ${line}\n      query: sum(rate(requests{app="app-${line}"}[5m])) by (code)\n`;
  return text;
};

/**
 * A file of a workspace, as repositories hold them: one in ten is a policy, three in ten a workload, both with much beside them; the
 * rest says nothing of traffic.
 */
export function workspaceFile(i: number, size: number): string {
  const name = `service-${i}`;
  const namespace = `team-${i % 40}`;
  switch (i % 10) {
    case 0: {
      const own = policyNamed(
        name,
        namespace,
        `podSelector:\n  matchLabels:\n    app: service-${i + 1}\ningress:\n  - from:\n      - podSelector:\n          matchLabels:\n            app: service-${i + 2}\n    ports:\n      - port: 8080`,
      );
      return `${own.trimEnd()}\n---\n${settings(i, size - own.length)}`;
    }
    case 1:
    case 2:
    case 3:
      return `${deployment(name, namespace, '{name: http, containerPort: 8080}').trimEnd()}\n---\n${settings(i, size - 400)}`;
    case 4:
      return custom(i, size);
    default:
      return settings(i, size);
  }
}
