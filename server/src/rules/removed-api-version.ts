import * as l10n from '@vscode/l10n';
import { groupOf, policyTables } from '../kinds/registry.ts';
import { resolve, valueAt } from '../syntax/node.ts';
import { policyWith } from './examples.ts';
import { quoted } from './places.ts';
import type { Rule, RulePage } from './rule.ts';

/** Versions that API servers once served, with the release that stopped. Source: kubernetes.io/docs/reference/using-api/deprecation-guide/. */
const removedIn: Readonly<Record<string, string>> = { 'extensions/v1beta1': '1.16' };

export const rule: Rule = {
  id: 'removed-api-version',
  severity: 'error',
  category: 'api-server',
  summary: 'an apiVersion and kind that no supported API server serves, such as extensions/v1beta1, or a misspelt one',
  resource(resource, context) {
    const { table, apiVersion, kind } = resource;
    if (!table || !policyTables.includes(table) || apiVersion === undefined || kind === undefined) return;
    if (kind !== table.kind) {
      const at = resolve(valueAt(resource.root, 'kind'));
      if (!at) return;
      const isCase = kind.toLowerCase() === table.kind.toLowerCase();
      context.report({
        at,
        message: `No API server has a kind ${quoted(kind)} in ${apiVersion}; ${isCase ? `kinds are case-sensitive, write "${table.kind}".` : `did you mean "${table.kind}"?`}`,
        fixes: () => [
          { title: l10n.t('Change to {0}', table.kind), certain: isCase, edits: [{ start: at.start, end: at.end, newText: table.kind }] },
        ],
      });
    } else if (apiVersion !== table.apiVersion) {
      const at = resolve(valueAt(resource.root, 'apiVersion'));
      if (!at) return;
      const release = removedIn[apiVersion];
      // Another group is somebody else’s, perhaps.
      const certain = !apiVersion.includes('.') || groupOf(apiVersion) === groupOf(table.apiVersion);
      const fact = release ? `${apiVersion} was removed in Kubernetes ${release}` : `No API server has a ${kind} in ${quoted(apiVersion)}`;
      context.report({
        at,
        message: `${fact}; write "${table.apiVersion}".`,
        ...(release ? { tag: 'deprecated' } : {}),
        fixes: () => [
          { title: l10n.t('Change to {0}', table.apiVersion), certain, edits: [{ start: at.start, end: at.end, newText: table.apiVersion }] },
        ],
      });
    }
  },
};

export const page: RulePage = {
  why: 'An old chart still says `extensions/v1beta1`. Since Kubernetes 1.16 the API server answers “no matches for kind NetworkPolicy”, and the release fails, often in the middle of an upgrade.',
  fix: 'Write `networking.k8s.io/v1`. The fields are the same; only the defaults of a missing `policyTypes` became explicit. A kind or a group that is misspelt by a letter or two is told, too.',
  ignore: 'When the manifest is kept for a cluster older than 1.8.',
  source: 'https://kubernetes.io/docs/reference/using-api/deprecation-guide/#networkpolicy-v116',
  examples: [
    {
      bad: policyWith('podSelector: {}\n').replace(
        'apiVersion: networking.k8s.io/v1',
        'apiVersion: extensions/v1beta1\n#           ^^^^^^^^^^^^^^^^^^ removed in Kubernetes 1.16',
      ),
      fixed: policyWith('podSelector: {}\n'),
    },
    {
      bad: policyWith('podSelector: {}\n').replace('kind: NetworkPolicy', 'kind: Networkpolicy\n#     ^^^^^^^^^^^^^ case-sensitive'),
      fixed: policyWith('podSelector: {}\n'),
    },
    {
      bad: policyWith('podSelector: {}\n').replace(
        'kind: NetworkPolicy',
        'kind: NetworkPolicies\n#     ^^^^^^^^^^^^^^^ did you mean "NetworkPolicy"',
      ),
      fixed: policyWith('podSelector: {}\n'),
    },
    {
      bad: policyWith('podSelector: {}\n').replace(
        'apiVersion: networking.k8s.io/v1',
        'apiVersion: networking.k8.io/v1\n#           ^^^^^^^^^^^^^^^^^^^ No API server has a NetworkPolicy',
      ),
      fixed: policyWith('podSelector: {}\n'),
    },
  ],
  good: [
    policyWith('podSelector: {}\n'),
    'apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata:\n  name: a\n',
    'apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata:\n  name: a\nspec:\n  controller: example.com/a\n',
    'apiVersion: cilium.io/v2\nkind: CiliumEgressGatewayPolicy\nmetadata:\n  name: a\n',
    'apiVersion: cilium.io/v2\nkind: CiliumClusterwideEnvoyConfig\nmetadata:\n  name: a\n',
    'apiVersion: crd.antrea.io/v1beta1\nkind: NetworkPolicy\nmetadata:\n  name: a\n',
    'apiVersion: networking.k8s.aws/v1alpha1\nkind: ClusterNetworkPolicy\nmetadata:\n  name: a\n',
  ],
};
