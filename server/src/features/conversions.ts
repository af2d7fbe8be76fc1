import * as l10n from '@vscode/l10n';
import { meantBy } from '../connectivity/compile.ts';
import { connectivityOf } from '../connectivity/connectivity.ts';
import { workloadNames } from '../explain/names.ts';
import { conversionTargets, convert } from '../kinds/convert.ts';
import { takesDocuments } from '../kinds/kubernetes/writePolicy.ts';
import { readPolicies } from '../kinds/readPolicy.ts';
import { type Resource, resourcesOf } from '../kinds/resource.ts';
import type { Policy } from '../model/policy.ts';
import { breakOf } from '../syntax/edits.ts';
import { type DocumentText, readManifestText } from '../syntax/manifestText.ts';
import { resolve } from '../syntax/node.ts';
import { policiesOf } from '../workspace/reading.ts';
import type { WorkspaceView } from '../workspace/view.ts';
import type { Refactoring } from './refactorings.ts';

const parts = ['subject', 'ingress', 'egress'] as const;

/** Workloads of the host network whom a policy means and what it was converted to does not, or the other way round; behind a title. */
function hostNetworkPart(resource: Resource, converted: string, view: WorkspaceView): string {
  const reading = view.readingOf(resource);
  const { sets, endpoints } = connectivityOf(view.cluster);
  const hosts = endpoints.filter(({ hostNetwork }) => hostNetwork);
  if (!reading?.policy || hosts.length === 0) return '';
  const { namespace } = reading.policy.value;
  const meant = (policies: readonly Policy[]) => policies.map((one) => meantBy(one, sets, hosts));
  const before = meant(policiesOf(reading).map(({ value }) => value));
  const written = readManifestText(converted, 'converted.yaml').documents.flatMap(({ document }) => resourcesOf(document).flatMap(readPolicies));
  const after = meant(written.map((one) => ({ ...one, namespace })));
  // One in the place of each.
  const only = (some: typeof before, others: typeof before) =>
    hosts.filter((pod) => some.some((one, i) => parts.some((part) => one[part].includes(pod) && !others[i]?.[part].includes(pod))));
  const [lost, gained] = [only(before, after), only(after, before)].map((pods) => workloadNames(pods.map(({ workload }) => workload)));
  if (lost) return l10n.t(', not for {0}, of the host network', lost);
  return gained ? l10n.t(', which means {0} of the host network, too', gained) : '';
}

/** The policy in the languages of other network plugins. */
export function conversions(resource: Resource, document: DocumentText, view: WorkspaceView): readonly Refactoring[] {
  // Items of a List stay among the others.
  if (resourcesOf(document).length !== 1 || !takesDocuments(document.text) || resource.root !== resolve(document.parsed.root)) return [];
  const { start, end } = resource.root;
  const hasComments = /(^|\s)#/m.test(document.text.slice(start, end));
  return conversionTargets.flatMap((target): Refactoring[] => {
    const found = convert(resource, target, (view.cluster.addressSets ?? []).length > 0);
    if (!found) return [];
    const kind = found.kind === 'NetworkPolicy' ? (target === 'calico' ? 'Calico NetworkPolicy' : 'Kubernetes NetworkPolicy') : found.kind;
    if ('problem' in found) return [{ title: l10n.t('Convert to {0}', kind), kind: 'refactor.rewrite', edits: [], disabled: found.problem }];
    const title = `${l10n.t('Convert to {0}', kind)}${hasComments ? l10n.t(', without the comments inside') : ''}${hostNetworkPart(resource, found.text, view)}`;
    const tail = document.text.slice(start, end).endsWith('\n') ? '\n' : '';
    return [{ title, kind: 'refactor.rewrite', edits: [{ start, end, newText: `${found.text}${tail}`.replaceAll('\n', breakOf(document.text)) }] }];
  });
}
