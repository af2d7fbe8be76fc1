// Made by scripts/generate.mjs from the files of this folder. Apart from the registry: only the command line carries the pages.
import { page as allNamespacesOpen } from './all-namespaces-open.ts';
import { page as allPortsOpen } from './all-ports-open.ts';
import { page as azureNpmIpv6 } from './azure-npm-ipv6.ts';
import { page as azureNpmManyIpBlocks } from './azure-npm-many-ip-blocks.ts';
import { page as azureNpmWindows } from './azure-npm-windows.ts';
import { page as calicoImplicitTypes } from './calico-implicit-types.ts';
import { page as calicoPassLastTier } from './calico-pass-last-tier.ts';
import { page as calicoPolicyNeverAsked } from './calico-policy-never-asked.ts';
import { page as calicoRuleConflict } from './calico-rule-conflict.ts';
import { page as calicoSelector } from './calico-selector.ts';
import { page as calicoUnknownTier } from './calico-unknown-tier.ts';
import { page as calicoUnreachableRule } from './calico-unreachable-rule.ts';
import { page as cidrAmbiguous } from './cidr-ambiguous.ts';
import { page as cidrHostBits } from './cidr-host-bits.ts';
import { page as ciliumCidrForPods } from './cilium-cidr-for-pods.ts';
import { page as ciliumEmptyList } from './cilium-empty-list.ts';
import { page as ciliumFqdnWithoutDns } from './cilium-fqdn-without-dns.ts';
import { page as ciliumIpBlock } from './cilium-ip-block.ts';
import { page as ciliumL7ClosesPort } from './cilium-l7-closes-port.ts';
import { page as ciliumOwnNamespace } from './cilium-own-namespace.ts';
import { page as ciliumPort } from './cilium-port.ts';
import { page as ciliumRuleConflict } from './cilium-rule-conflict.ts';
import { page as ciliumWidePattern } from './cilium-wide-pattern.ts';
import { page as clusterwideIsolatesDns } from './clusterwide-isolates-dns.ts';
import { page as controllerLabel } from './controller-label.ts';
import { page as denyVoidsAllow } from './deny-voids-allow.ts';
import { page as dnsBlocked } from './dns-blocked.ts';
import { page as dnsOwnNamespace } from './dns-own-namespace.ts';
import { page as dnsServicePort } from './dns-service-port.ts';
import { page as dnsUdpOnly } from './dns-udp-only.ts';
import { page as duplicateItem } from './duplicate-item.ts';
import { page as duplicateKey } from './duplicate-key.ts';
import { page as duplicateResource } from './duplicate-resource.ts';
import { page as egressToWorld } from './egress-to-world.ts';
import { page as emptyListAllowsAll } from './empty-list-allows-all.ts';
import { page as emptyPeer } from './empty-peer.ts';
import { page as engineEndPort } from './engine-end-port.ts';
import { page as engineNotEnforcing } from './engine-not-enforcing.ts';
import { page as engineUnsupportedKind } from './engine-unsupported-kind.ts';
import { page as exactlyOneField } from './exactly-one-field.ts';
import { page as exceptNotInside } from './except-not-inside.ts';
import { page as hostNetworkPod } from './host-network-pod.ts';
import { page as implicitNamespace } from './implicit-namespace.ts';
import { page as implicitPodSelector } from './implicit-pod-selector.ts';
import { page as implicitPolicyTypes } from './implicit-policy-types.ts';
import { page as invalidCidr } from './invalid-cidr.ts';
import { page as invalidEndPort } from './invalid-end-port.ts';
import { page as invalidLabel } from './invalid-label.ts';
import { page as invalidName } from './invalid-name.ts';
import { page as invalidPolicyType } from './invalid-policy-type.ts';
import { page as invalidPort } from './invalid-port.ts';
import { page as invalidProtocol } from './invalid-protocol.ts';
import { page as invalidValue } from './invalid-value.ts';
import { page as ipBlockClusterAddress } from './ip-block-cluster-address.ts';
import { page as ipBlockNotAlone } from './ip-block-not-alone.ts';
import { page as labelNotString } from './label-not-string.ts';
import { page as matchesWorkloadNotPods } from './matches-workload-not-pods.ts';
import { page as metadataServiceReachable } from './metadata-service-reachable.ts';
import { page as missingField } from './missing-field.ts';
import { page as namedPortUnresolved } from './named-port-unresolved.ts';
import { page as namespaceNameLabel } from './namespace-name-label.ts';
import { page as noDefaultDeny } from './no-default-deny.ts';
import { page as notInKustomization } from './not-in-kustomization.ts';
import { page as nullRuleAllowsAll } from './null-rule-allows-all.ts';
import { page as oneSidedFlow } from './one-sided-flow.ts';
import { page as openToWorld } from './open-to-world.ts';
import { page as peerMatchesNothing } from './peer-matches-nothing.ts';
import { page as peersOrInsteadOfAnd } from './peers-or-instead-of-and.ts';
import { page as podSelectorNeedsNamespace } from './pod-selector-needs-namespace.ts';
import { page as policyTypeDeniesAll } from './policy-type-denies-all.ts';
import { page as portNotExposed } from './port-not-exposed.ts';
import { page as protocolMismatch } from './protocol-mismatch.ts';
import { page as redundantPeer } from './redundant-peer.ts';
import { page as redundantPolicy } from './redundant-policy.ts';
import { page as redundantPort } from './redundant-port.ts';
import { page as redundantRule } from './redundant-rule.ts';
import { page as removedApiVersion } from './removed-api-version.ts';
import type { RulePage } from './rule.ts';
import { page as rulesIgnoredByPolicyTypes } from './rules-ignored-by-policy-types.ts';
import { page as selectorMatchesNothing } from './selector-matches-nothing.ts';
import { page as selectorOperator } from './selector-operator.ts';
import { page as sensitivePortOpen } from './sensitive-port-open.ts';
import { page as servicePortNotTargetPort } from './service-port-not-target-port.ts';
import { page as stagedPolicy } from './staged-policy.ts';
import { page as suspiciousIgnore } from './suspicious-ignore.ts';
import { page as unknownField } from './unknown-field.ts';
import { page as unknownNamespace } from './unknown-namespace.ts';
import { page as vendorLabelTypo } from './vendor-label-typo.ts';
import { page as workloadNotIsolated } from './workload-not-isolated.ts';
import { page as wrongType } from './wrong-type.ts';
import { page as yamlSyntax } from './yaml-syntax.ts';

/** The page of every rule, by id. */
export const pages: Readonly<Record<string, RulePage>> = {
  'all-namespaces-open': allNamespacesOpen,
  'all-ports-open': allPortsOpen,
  'azure-npm-ipv6': azureNpmIpv6,
  'azure-npm-many-ip-blocks': azureNpmManyIpBlocks,
  'azure-npm-windows': azureNpmWindows,
  'calico-implicit-types': calicoImplicitTypes,
  'calico-pass-last-tier': calicoPassLastTier,
  'calico-policy-never-asked': calicoPolicyNeverAsked,
  'calico-rule-conflict': calicoRuleConflict,
  'calico-selector': calicoSelector,
  'calico-unknown-tier': calicoUnknownTier,
  'calico-unreachable-rule': calicoUnreachableRule,
  'cidr-ambiguous': cidrAmbiguous,
  'cidr-host-bits': cidrHostBits,
  'cilium-cidr-for-pods': ciliumCidrForPods,
  'cilium-empty-list': ciliumEmptyList,
  'cilium-fqdn-without-dns': ciliumFqdnWithoutDns,
  'cilium-ip-block': ciliumIpBlock,
  'cilium-l7-closes-port': ciliumL7ClosesPort,
  'cilium-own-namespace': ciliumOwnNamespace,
  'cilium-port': ciliumPort,
  'cilium-rule-conflict': ciliumRuleConflict,
  'cilium-wide-pattern': ciliumWidePattern,
  'clusterwide-isolates-dns': clusterwideIsolatesDns,
  'controller-label': controllerLabel,
  'deny-voids-allow': denyVoidsAllow,
  'dns-blocked': dnsBlocked,
  'dns-own-namespace': dnsOwnNamespace,
  'dns-service-port': dnsServicePort,
  'dns-udp-only': dnsUdpOnly,
  'duplicate-item': duplicateItem,
  'duplicate-key': duplicateKey,
  'duplicate-resource': duplicateResource,
  'egress-to-world': egressToWorld,
  'empty-list-allows-all': emptyListAllowsAll,
  'empty-peer': emptyPeer,
  'engine-end-port': engineEndPort,
  'engine-not-enforcing': engineNotEnforcing,
  'engine-unsupported-kind': engineUnsupportedKind,
  'exactly-one-field': exactlyOneField,
  'except-not-inside': exceptNotInside,
  'host-network-pod': hostNetworkPod,
  'implicit-namespace': implicitNamespace,
  'implicit-pod-selector': implicitPodSelector,
  'implicit-policy-types': implicitPolicyTypes,
  'invalid-cidr': invalidCidr,
  'invalid-end-port': invalidEndPort,
  'invalid-label': invalidLabel,
  'invalid-name': invalidName,
  'invalid-policy-type': invalidPolicyType,
  'invalid-port': invalidPort,
  'invalid-protocol': invalidProtocol,
  'invalid-value': invalidValue,
  'ip-block-cluster-address': ipBlockClusterAddress,
  'ip-block-not-alone': ipBlockNotAlone,
  'label-not-string': labelNotString,
  'matches-workload-not-pods': matchesWorkloadNotPods,
  'metadata-service-reachable': metadataServiceReachable,
  'missing-field': missingField,
  'named-port-unresolved': namedPortUnresolved,
  'namespace-name-label': namespaceNameLabel,
  'no-default-deny': noDefaultDeny,
  'not-in-kustomization': notInKustomization,
  'null-rule-allows-all': nullRuleAllowsAll,
  'one-sided-flow': oneSidedFlow,
  'open-to-world': openToWorld,
  'peer-matches-nothing': peerMatchesNothing,
  'peers-or-instead-of-and': peersOrInsteadOfAnd,
  'pod-selector-needs-namespace': podSelectorNeedsNamespace,
  'policy-type-denies-all': policyTypeDeniesAll,
  'port-not-exposed': portNotExposed,
  'protocol-mismatch': protocolMismatch,
  'redundant-peer': redundantPeer,
  'redundant-policy': redundantPolicy,
  'redundant-port': redundantPort,
  'redundant-rule': redundantRule,
  'removed-api-version': removedApiVersion,
  'rules-ignored-by-policy-types': rulesIgnoredByPolicyTypes,
  'selector-matches-nothing': selectorMatchesNothing,
  'selector-operator': selectorOperator,
  'sensitive-port-open': sensitivePortOpen,
  'service-port-not-target-port': servicePortNotTargetPort,
  'staged-policy': stagedPolicy,
  'suspicious-ignore': suspiciousIgnore,
  'unknown-field': unknownField,
  'unknown-namespace': unknownNamespace,
  'vendor-label-typo': vendorLabelTypo,
  'workload-not-isolated': workloadNotIsolated,
  'wrong-type': wrongType,
  'yaml-syntax': yamlSyntax,
};
