import { type Direction, directions, type Peer, type Policy, type Rule } from '../model/policy.ts';
import { setNameLabel } from '../model/selector.ts';
import { valueAt } from '../syntax/node.ts';
import { toCalicoSpec } from './calico/fromModel.ts';
import { toCiliumSpec } from './cilium/fromModel.ts';
import { toNetworkPolicySpec } from './kubernetes/fromModel.ts';
import { readLabels } from './kubernetes/readWorkload.ts';
import { writtenLike } from './kubernetes/writePolicy.ts';
import { apiOf, isStaged, readPolicies } from './readPolicy.ts';
import type { Resource } from './resource.ts';
import { Unsayable } from './unsayable.ts';

/** Languages that policies are converted to. */
export type ConversionTarget = 'kubernetes' | 'cilium' | 'calico';
export const conversionTargets: readonly ConversionTarget[] = ['kubernetes', 'cilium', 'calico'];

/** A policy in another language: YAML documents, or the reason why that language cannot say it. */
export type Conversion = { readonly kind: string; readonly text: string } | { readonly kind: string; readonly problem: string };

interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec: (policy: Policy) => object;
}

function kindFor(target: ConversionTarget, namespaced: boolean): Kind {
  if (target === 'kubernetes') return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', spec: toNetworkPolicySpec };
  if (target === 'cilium')
    return { apiVersion: 'cilium.io/v2', kind: namespaced ? 'CiliumNetworkPolicy' : 'CiliumClusterwideNetworkPolicy', spec: toCiliumSpec };
  return { apiVersion: 'projectcalico.org/v3', kind: namespaced ? 'NetworkPolicy' : 'GlobalNetworkPolicy', spec: toCalicoSpec };
}

/** A policy as a YAML document without a line break at its end, in the style of a text. Throws Unsayable where the language cannot say it. */
export function policyDocument(target: ConversionTarget, policy: Policy, metadata: object, text: string): string {
  const { apiVersion, kind, spec } = kindFor(target, policy.namespaced);
  return `apiVersion: ${apiVersion}\nkind: ${kind}\n${writtenLike(text, { metadata, spec: spec(policy) })}`;
}

/** The rules of a policy's direction as another policy of the same kind would list them. Throws Unsayable where the language cannot say them. */
export function writtenRules(target: ConversionTarget, policy: Policy, direction: Direction): readonly unknown[] {
  const spec: Partial<Record<Direction, readonly unknown[]>> = kindFor(target, policy.namespaced).spec(policy);
  return spec[direction] ?? [];
}

/**
 * Without the network sets that a selector of Calico means beside pods: where no set carries labels they are nobody, and other languages know
 * none. Those that are named, or alone, stay.
 */
function withoutSets(policy: Policy): Policy {
  const peers = (list: readonly Peer[]) =>
    list.filter((peer) => peer.is !== 'addressSets' || peer.global === 'only' || peer.sets.requirements.some(({ key }) => key === setNameLabel));
  const rules = (list: readonly Rule[] | undefined) => list?.map((rule) => ({ ...rule, peers: peers(rule.peers) }));
  return { ...policy, ingress: rules(policy.ingress), egress: rules(policy.egress) };
}

/** Most peers and ports of a policy that is converted: the API server stores no larger one, and aliases can write millions. */
const mostParts = 20_000;

const partsOf = (policy: Policy): number =>
  directions.reduce(
    (sum, direction) => sum + (policy[direction] ?? []).reduce((count, { peers, ports }) => count + 1 + peers.length + ports.length, 0),
    0,
  );

/**
 * A policy in another language that says the same, as YAML without a line break at its end; several documents for several specs. Undefined for
 * what is no policy, for what stands in that language already, and for what is not enforced. `hasSets`: the cluster holds network sets, which selectors of Calico may mean.
 */
export function convert(resource: Resource, target: ConversionTarget, hasSets = false): Conversion | undefined {
  const written = readPolicies(resource);
  const policies = hasSets ? written : written.map(withoutSets);
  const [first] = policies;
  const api = apiOf(resource);
  if (!first || api === target || api === 'admin' || isStaged(resource)) return undefined;
  const { kind } = kindFor(target, first.namespaced);
  if (policies.reduce((sum, policy) => sum + partsOf(policy), 0) > mostParts) {
    return { kind, problem: `with what aliases repeat it has more than ${mostParts.toLocaleString('en')} rules, peers and ports` };
  }
  const { text } = resource.document;
  const labels = readLabels(valueAt(resource.root, 'metadata', 'labels'));
  try {
    const documents = policies.map((policy, i) => {
      const name = `${resource.name ?? ''}${policies.length > 1 ? `-${i + 1}` : ''}`;
      const metadata = {
        ...(name === '' ? {} : { name }),
        ...(resource.namespace === undefined ? {} : { namespace: resource.namespace }),
        ...(Object.keys(labels).length > 0 ? { labels } : {}),
      };
      return policyDocument(target, policy, metadata, text);
    });
    return { kind, text: documents.join('\n---\n') };
  } catch (error) {
    if (error instanceof Unsayable) return { kind, problem: error.message };
    throw error;
  }
}
