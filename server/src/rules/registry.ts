// Made by scripts/generate.mjs from the files of this folder.
import { rule as allNamespacesOpen } from './all-namespaces-open.ts';
import { rule as allPortsOpen } from './all-ports-open.ts';
import { rule as azureNpmIpv6 } from './azure-npm-ipv6.ts';
import { rule as azureNpmManyIpBlocks } from './azure-npm-many-ip-blocks.ts';
import { rule as azureNpmWindows } from './azure-npm-windows.ts';
import { rule as calicoImplicitTypes } from './calico-implicit-types.ts';
import { rule as calicoPassLastTier } from './calico-pass-last-tier.ts';
import { rule as calicoPolicyNeverAsked } from './calico-policy-never-asked.ts';
import { rule as calicoRuleConflict } from './calico-rule-conflict.ts';
import { rule as calicoSelector } from './calico-selector.ts';
import { rule as calicoUnknownTier } from './calico-unknown-tier.ts';
import { rule as calicoUnreachableRule } from './calico-unreachable-rule.ts';
import { rule as cidrAmbiguous } from './cidr-ambiguous.ts';
import { rule as cidrHostBits } from './cidr-host-bits.ts';
import { rule as ciliumCidrForPods } from './cilium-cidr-for-pods.ts';
import { rule as ciliumEmptyList } from './cilium-empty-list.ts';
import { rule as ciliumFqdnWithoutDns } from './cilium-fqdn-without-dns.ts';
import { rule as ciliumIpBlock } from './cilium-ip-block.ts';
import { rule as ciliumL7ClosesPort } from './cilium-l7-closes-port.ts';
import { rule as ciliumOwnNamespace } from './cilium-own-namespace.ts';
import { rule as ciliumPort } from './cilium-port.ts';
import { rule as ciliumRuleConflict } from './cilium-rule-conflict.ts';
import { rule as ciliumWidePattern } from './cilium-wide-pattern.ts';
import { rule as clusterwideIsolatesDns } from './clusterwide-isolates-dns.ts';
import { rule as controllerLabel } from './controller-label.ts';
import { rule as denyVoidsAllow } from './deny-voids-allow.ts';
import { rule as dnsBlocked } from './dns-blocked.ts';
import { rule as dnsOwnNamespace } from './dns-own-namespace.ts';
import { rule as dnsServicePort } from './dns-service-port.ts';
import { rule as dnsUdpOnly } from './dns-udp-only.ts';
import { rule as duplicateItem } from './duplicate-item.ts';
import { rule as duplicateKey } from './duplicate-key.ts';
import { rule as duplicateResource } from './duplicate-resource.ts';
import { rule as egressToWorld } from './egress-to-world.ts';
import { rule as emptyListAllowsAll } from './empty-list-allows-all.ts';
import { rule as emptyPeer } from './empty-peer.ts';
import { rule as engineEndPort } from './engine-end-port.ts';
import { rule as engineNotEnforcing } from './engine-not-enforcing.ts';
import { rule as engineUnsupportedKind } from './engine-unsupported-kind.ts';
import { rule as exactlyOneField } from './exactly-one-field.ts';
import { rule as exceptNotInside } from './except-not-inside.ts';
import { rule as hostNetworkPod } from './host-network-pod.ts';
import { rule as implicitNamespace } from './implicit-namespace.ts';
import { rule as implicitPodSelector } from './implicit-pod-selector.ts';
import { rule as implicitPolicyTypes } from './implicit-policy-types.ts';
import { rule as invalidCidr } from './invalid-cidr.ts';
import { rule as invalidEndPort } from './invalid-end-port.ts';
import { rule as invalidLabel } from './invalid-label.ts';
import { rule as invalidName } from './invalid-name.ts';
import { rule as invalidPolicyType } from './invalid-policy-type.ts';
import { rule as invalidPort } from './invalid-port.ts';
import { rule as invalidProtocol } from './invalid-protocol.ts';
import { rule as invalidValue } from './invalid-value.ts';
import { rule as ipBlockClusterAddress } from './ip-block-cluster-address.ts';
import { rule as ipBlockNotAlone } from './ip-block-not-alone.ts';
import { rule as labelNotString } from './label-not-string.ts';
import { rule as matchesWorkloadNotPods } from './matches-workload-not-pods.ts';
import { rule as metadataServiceReachable } from './metadata-service-reachable.ts';
import { rule as missingField } from './missing-field.ts';
import { rule as namedPortUnresolved } from './named-port-unresolved.ts';
import { rule as namespaceNameLabel } from './namespace-name-label.ts';
import { rule as noDefaultDeny } from './no-default-deny.ts';
import { rule as notInKustomization } from './not-in-kustomization.ts';
import { rule as nullRuleAllowsAll } from './null-rule-allows-all.ts';
import { rule as oneSidedFlow } from './one-sided-flow.ts';
import { rule as openToWorld } from './open-to-world.ts';
import { rule as peerMatchesNothing } from './peer-matches-nothing.ts';
import { rule as peersOrInsteadOfAnd } from './peers-or-instead-of-and.ts';
import { rule as podSelectorNeedsNamespace } from './pod-selector-needs-namespace.ts';
import { rule as policyTypeDeniesAll } from './policy-type-denies-all.ts';
import { rule as portNotExposed } from './port-not-exposed.ts';
import { rule as protocolMismatch } from './protocol-mismatch.ts';
import { rule as redundantPeer } from './redundant-peer.ts';
import { rule as redundantPolicy } from './redundant-policy.ts';
import { rule as redundantPort } from './redundant-port.ts';
import { rule as redundantRule } from './redundant-rule.ts';
import { rule as removedApiVersion } from './removed-api-version.ts';
import type { Rule } from './rule.ts';
import { rule as rulesIgnoredByPolicyTypes } from './rules-ignored-by-policy-types.ts';
import { rule as selectorMatchesNothing } from './selector-matches-nothing.ts';
import { rule as selectorOperator } from './selector-operator.ts';
import { rule as sensitivePortOpen } from './sensitive-port-open.ts';
import { rule as servicePortNotTargetPort } from './service-port-not-target-port.ts';
import { rule as stagedPolicy } from './staged-policy.ts';
import { rule as suspiciousIgnore } from './suspicious-ignore.ts';
import { rule as unknownField } from './unknown-field.ts';
import { rule as unknownNamespace } from './unknown-namespace.ts';
import { rule as vendorLabelTypo } from './vendor-label-typo.ts';
import { rule as workloadNotIsolated } from './workload-not-isolated.ts';
import { rule as wrongType } from './wrong-type.ts';
import { rule as yamlSyntax } from './yaml-syntax.ts';

/** Every rule, by id. */
export const rules: readonly Rule[] = [
  allNamespacesOpen,
  allPortsOpen,
  azureNpmIpv6,
  azureNpmManyIpBlocks,
  azureNpmWindows,
  calicoImplicitTypes,
  calicoPassLastTier,
  calicoPolicyNeverAsked,
  calicoRuleConflict,
  calicoSelector,
  calicoUnknownTier,
  calicoUnreachableRule,
  cidrAmbiguous,
  cidrHostBits,
  ciliumCidrForPods,
  ciliumEmptyList,
  ciliumFqdnWithoutDns,
  ciliumIpBlock,
  ciliumL7ClosesPort,
  ciliumOwnNamespace,
  ciliumPort,
  ciliumRuleConflict,
  ciliumWidePattern,
  clusterwideIsolatesDns,
  controllerLabel,
  denyVoidsAllow,
  dnsBlocked,
  dnsOwnNamespace,
  dnsServicePort,
  dnsUdpOnly,
  duplicateItem,
  duplicateKey,
  duplicateResource,
  egressToWorld,
  emptyListAllowsAll,
  emptyPeer,
  engineEndPort,
  engineNotEnforcing,
  engineUnsupportedKind,
  exactlyOneField,
  exceptNotInside,
  hostNetworkPod,
  implicitNamespace,
  implicitPodSelector,
  implicitPolicyTypes,
  invalidCidr,
  invalidEndPort,
  invalidLabel,
  invalidName,
  invalidPolicyType,
  invalidPort,
  invalidProtocol,
  invalidValue,
  ipBlockClusterAddress,
  ipBlockNotAlone,
  labelNotString,
  matchesWorkloadNotPods,
  metadataServiceReachable,
  missingField,
  namedPortUnresolved,
  namespaceNameLabel,
  noDefaultDeny,
  notInKustomization,
  nullRuleAllowsAll,
  oneSidedFlow,
  openToWorld,
  peerMatchesNothing,
  peersOrInsteadOfAnd,
  podSelectorNeedsNamespace,
  policyTypeDeniesAll,
  portNotExposed,
  protocolMismatch,
  redundantPeer,
  redundantPolicy,
  redundantPort,
  redundantRule,
  removedApiVersion,
  rulesIgnoredByPolicyTypes,
  selectorMatchesNothing,
  selectorOperator,
  sensitivePortOpen,
  servicePortNotTargetPort,
  stagedPolicy,
  suspiciousIgnore,
  unknownField,
  unknownNamespace,
  vendorLabelTypo,
  workloadNotIsolated,
  wrongType,
  yamlSyntax,
];
