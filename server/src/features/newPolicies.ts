import * as l10n from '@vscode/l10n';
import { type Connectivity, connectivityOf } from '../connectivity/connectivity.ts';
import type { Endpoint } from '../connectivity/endpoints.ts';
import { workloadNames } from '../explain/names.ts';
import { allowDns, defaultDeny, dnsRule, type NewPolicy } from '../kinds/kubernetes/writePolicy.ts';
import { selectsAll } from '../model/selector.ts';
import type { NewPolicyPurpose } from '../protocol.ts';
import { freeName } from '../rules/counterparts.ts';
import { allowsDns, platformOf } from '../rules/dns.ts';
import { alsoSelected, selectorFor } from '../rules/selectorFixes.ts';
import type { WorkspaceView } from '../workspace/view.ts';
import type { Offer } from './completionInCluster.ts';

/** Whole policies that may be wanted, for completion and for the command. */

/** A whole policy, and what it is for. */
export interface NewPolicyOffer extends Offer {
  readonly purpose: NewPolicyPurpose;
}

/** A default deny, and DNS, for each namespace that has workloads and none. */
function forNamespaces(view: WorkspaceView, connectivity: Connectivity): readonly NewPolicyOffer[] {
  const { cluster } = view;
  return [...cluster.namespaces.values()].flatMap(({ name }): NewPolicyOffer[] => {
    if (connectivity.endpointsIn(name).length === 0) return [];
    const forAll = connectivity.policiesIn(name).filter(({ policy }) => selectsAll(policy.subject.pods));
    const denied = forAll.some(({ policy }) => policy.isolates.ingress && policy.isolates.egress);
    const resolves = forAll.some(({ policy }) => policy.egress?.some((rule) => allowsDns(rule, policy, cluster)));
    const offer = (purpose: NewPolicyPurpose, label: string, documentation: string, { name: own, spec }: NewPolicy): NewPolicyOffer => ({
      ...{ purpose, label, is: 'skeleton', detail: 'a whole policy', documentation },
      value: {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: freeName(own, name, view), namespace: name },
        spec,
      },
    });
    const deny = 'Isolates every pod of the namespace in both directions. Names resolve only with a policy that lets DNS out.';
    const dns =
      'Lets every pod of the namespace ask the cluster’s DNS, UDP and TCP. It isolates their egress too: what else they need out takes a rule.';
    return [
      ...(denied ? [] : [offer('default-deny', l10n.t('default deny for {0}', name), deny, defaultDeny(name, ['Ingress', 'Egress']))]),
      ...(resolves ? [] : [offer('allow-dns', l10n.t('allow DNS for {0}', name), dns, allowDns(name, platformOf(cluster)))]),
    ];
  });
}

/** A policy for each workload that none selects yet, others after them, `most` in all; default denies and DNS for namespaces. */
export function policiesAround(view: WorkspaceView, most: number): readonly NewPolicyOffer[] {
  const connectivity = connectivityOf(view.cluster);
  const lonely = (endpoint: Endpoint) =>
    connectivity.policiesOf(endpoint, 'ingress').length === 0 && connectivity.policiesOf(endpoint, 'egress').length === 0;
  const ordered = [...connectivity.endpoints].sort((a, b) => Number(lonely(b)) - Number(lonely(a)));
  const forWorkloads = ordered.slice(0, most).flatMap((endpoint): NewPolicyOffer[] => {
    const { workload } = endpoint;
    const selector = selectorFor(workload.podLabels);
    if (selector.requirements.length === 0) return [];
    const others = alsoSelected(selector, endpoint, connectivity);
    const listening = workload.ports.map(({ protocol, port }) => ({ protocol, port }));
    const policy = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: freeName(workload.name, workload.namespace, view), namespace: workload.namespace },
      spec: {
        podSelector: { matchLabels: Object.fromEntries(selector.requirements.map(({ key, values }) => [key, values[0]])) },
        policyTypes: ['Ingress', 'Egress'],
        ingress: listening.length > 0 ? [{ from: [{ podSelector: {} }], ports: listening }] : [],
        egress: [dnsRule(platformOf(view.cluster))],
      },
    };
    return [
      {
        purpose: 'workload',
        label: l10n.t('policy for {0}', `${workload.kind} ${workload.name}`),
        is: 'skeleton',
        detail: lonely(endpoint) ? l10n.t('namespace {0}, not selected yet', workload.namespace) : l10n.t('namespace {0}', workload.namespace),
        documentation: [
          l10n.t('Lets the namespace in on its ports, and DNS out; narrow it to those who need it.'),
          ...(others.length > 0 ? [l10n.t('It selects {0} too: they carry the same labels.', workloadNames(others))] : []),
        ].join(' '),
        value: policy,
      },
    ];
  });
  return [...forWorkloads, ...forNamespaces(view, connectivity)];
}
