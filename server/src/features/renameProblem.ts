import { workloadName } from '../explain/names.ts';
import { namespaceKey } from '../kinds/cilium/readCilium.ts';
import type { Cluster } from '../model/cluster.ts';
import { checkDnsLabel, checkLabelKey, checkLabelValue, checkPortName } from '../model/names.ts';
import { nameLabel, namespaceLabel, type Requirement, selects } from '../model/selector.ts';
import { isSystemNamespace } from '../rules/peerSelectors.ts';
import type { WorkspaceView } from '../workspace/view.ts';
import type { Target } from './rename.ts';

const checks = { 'label-value': checkLabelValue, 'label-key': checkLabelKey, namespace: checkDnsLabel, port: checkPortName };

/** Every condition on labels in plain data. */
function* requirementsIn(value: unknown): Iterable<Requirement> {
  if (typeof value !== 'object' || value === null) return;
  if ('key' in value && 'operator' in value && 'values' in value) yield value as Requirement;
  else for (const part of Object.values(value)) yield* requirementsIn(part);
}

/** The conditions of policies and Services, with what holds them: "NetworkPolicy web". */
function* conditions({ policies, services }: Cluster): Iterable<readonly [string, Requirement]> {
  for (const { value } of policies) for (const one of requirementsIn(value)) yield [`${value.kind} ${value.name ?? ''}`, one];
  for (const { value } of services) {
    for (const [key, wanted] of Object.entries(value.selector ?? {})) yield [`Service ${value.name}`, { key, operator: 'In', values: [wanted] }];
  }
}

/** Labels that carry a namespace's name. */
const namespaceNames: ReadonlySet<string> = new Set([nameLabel, 'projectcalico.org/name', namespaceKey, namespaceLabel]);

/** Whether a condition means others once a value is another, on labels and in selectors alike: it asks for parts, or for the new one already. */
function meansOthers({ key, operator, values }: Requirement, before: string, after: string): boolean {
  const isWhole = operator === 'In' || operator === 'NotIn';
  const renamed = isWhole ? values.map((value) => (value === before ? after : value)) : values;
  const fits = (asked: readonly string[], value: string) => selects({ requirements: [{ key, operator, values: asked }] }, { [key]: value });
  return fits(values, before) !== fits(renamed, after);
}

/** A selector that would select other pods or namespaces after the rename, in words. */
function changedSelector(target: Target, name: string, cluster: Cluster): string | undefined {
  const isChanged = (one: Requirement): boolean => {
    if (target.is === 'label-key') return one.key === name;
    if (target.is === 'label-value') return one.key === target.key && meansOthers(one, target.name, name);
    return target.is === 'namespace' && namespaceNames.has(one.key) && meansOthers(one, target.name, name);
  };
  for (const [holder, one] of conditions(cluster)) if (isChanged(one)) return holder;
  return undefined;
}

/** Why a name cannot be given; undefined where it can. */
export function renameProblem(target: Target, name: string, view: WorkspaceView): string | undefined {
  if (name === target.name) return undefined;
  const invalid = checks[target.is](name);
  if (invalid) return `"${name}" is not valid: ${invalid}.`;
  const taken = takenBy(target, name, view);
  if (taken) return taken;
  const holder = changedSelector(target, name, view.cluster);
  return holder && `A selector of ${holder} fits "${name}" otherwise than "${target.name}": it would mean others then.`;
}

/** Who has the name already, in words. */
function takenBy(target: Target, name: string, { cluster }: WorkspaceView): string | undefined {
  switch (target.is) {
    case 'namespace':
      if (isSystemNamespace(target.name)) return `Namespace ${target.name} is the cluster's own.`;
      return cluster.namespaces.has(name) ? `There is a namespace ${name} already; the two would become one.` : undefined;
    case 'label-value': {
      const other =
        cluster.workloads.find(({ value }) => value.podLabels[target.key] === name) ??
        cluster.workloads.find(({ value }) => value.ownLabels[target.key] === name);
      return other && `${workloadName(other.value)} is labelled ${target.key}=${name} already; selectors would mean both.`;
    }
    case 'label-key': {
      const other = cluster.workloads.find(({ value }) => Object.hasOwn(value.podLabels, target.name) && Object.hasOwn(value.podLabels, name));
      return other && `The pods of ${workloadName(other.value)} have a label ${name} already.`;
    }
    case 'port': {
      const other = target.workloads.find(({ ports }) => ports.some((port) => port.name === name));
      return other && `${workloadName(other.workload)} has a port named ${name} already.`;
    }
  }
}
