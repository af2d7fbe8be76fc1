// Made by scripts/generate.mjs from the files of this folder. Apart from the registry: only the command line carries the pages.
import { page as cidrAmbiguous } from './cidr-ambiguous.ts';
import { page as cidrHostBits } from './cidr-host-bits.ts';
import { page as controllerLabel } from './controller-label.ts';
import { page as dnsUdpOnly } from './dns-udp-only.ts';
import { page as duplicateItem } from './duplicate-item.ts';
import { page as duplicateKey } from './duplicate-key.ts';
import { page as duplicateResource } from './duplicate-resource.ts';
import { page as emptyListAllowsAll } from './empty-list-allows-all.ts';
import { page as emptyPeer } from './empty-peer.ts';
import { page as exactlyOneField } from './exactly-one-field.ts';
import { page as exceptNotInside } from './except-not-inside.ts';
import { page as implicitPodSelector } from './implicit-pod-selector.ts';
import { page as invalidCidr } from './invalid-cidr.ts';
import { page as invalidEndPort } from './invalid-end-port.ts';
import { page as invalidLabel } from './invalid-label.ts';
import { page as invalidName } from './invalid-name.ts';
import { page as invalidPolicyType } from './invalid-policy-type.ts';
import { page as invalidPort } from './invalid-port.ts';
import { page as invalidProtocol } from './invalid-protocol.ts';
import { page as invalidValue } from './invalid-value.ts';
import { page as ipBlockNotAlone } from './ip-block-not-alone.ts';
import { page as labelNotString } from './label-not-string.ts';
import { page as metadataServiceReachable } from './metadata-service-reachable.ts';
import { page as missingField } from './missing-field.ts';
import { page as nullRuleAllowsAll } from './null-rule-allows-all.ts';
import { page as peersOrInsteadOfAnd } from './peers-or-instead-of-and.ts';
import { page as removedApiVersion } from './removed-api-version.ts';
import type { RulePage } from './rule.ts';
import { page as rulesIgnoredByPolicyTypes } from './rules-ignored-by-policy-types.ts';
import { page as selectorOperator } from './selector-operator.ts';
import { page as unknownField } from './unknown-field.ts';
import { page as wrongType } from './wrong-type.ts';
import { page as yamlSyntax } from './yaml-syntax.ts';

/** The page of every rule, by id. */
export const pages: Readonly<Record<string, RulePage>> = {
  'cidr-ambiguous': cidrAmbiguous,
  'cidr-host-bits': cidrHostBits,
  'controller-label': controllerLabel,
  'dns-udp-only': dnsUdpOnly,
  'duplicate-item': duplicateItem,
  'duplicate-key': duplicateKey,
  'duplicate-resource': duplicateResource,
  'empty-list-allows-all': emptyListAllowsAll,
  'empty-peer': emptyPeer,
  'exactly-one-field': exactlyOneField,
  'except-not-inside': exceptNotInside,
  'implicit-pod-selector': implicitPodSelector,
  'invalid-cidr': invalidCidr,
  'invalid-end-port': invalidEndPort,
  'invalid-label': invalidLabel,
  'invalid-name': invalidName,
  'invalid-policy-type': invalidPolicyType,
  'invalid-port': invalidPort,
  'invalid-protocol': invalidProtocol,
  'invalid-value': invalidValue,
  'ip-block-not-alone': ipBlockNotAlone,
  'label-not-string': labelNotString,
  'metadata-service-reachable': metadataServiceReachable,
  'missing-field': missingField,
  'null-rule-allows-all': nullRuleAllowsAll,
  'peers-or-instead-of-and': peersOrInsteadOfAnd,
  'removed-api-version': removedApiVersion,
  'rules-ignored-by-policy-types': rulesIgnoredByPolicyTypes,
  'selector-operator': selectorOperator,
  'unknown-field': unknownField,
  'wrong-type': wrongType,
  'yaml-syntax': yamlSyntax,
};
