// Made by scripts/generate.mjs from the files of this folder.
import { rule as cidrAmbiguous } from './cidr-ambiguous.ts';
import { rule as cidrHostBits } from './cidr-host-bits.ts';
import { rule as controllerLabel } from './controller-label.ts';
import { rule as dnsUdpOnly } from './dns-udp-only.ts';
import { rule as duplicateItem } from './duplicate-item.ts';
import { rule as duplicateKey } from './duplicate-key.ts';
import { rule as duplicateResource } from './duplicate-resource.ts';
import { rule as emptyListAllowsAll } from './empty-list-allows-all.ts';
import { rule as emptyPeer } from './empty-peer.ts';
import { rule as exactlyOneField } from './exactly-one-field.ts';
import { rule as exceptNotInside } from './except-not-inside.ts';
import { rule as implicitPodSelector } from './implicit-pod-selector.ts';
import { rule as invalidCidr } from './invalid-cidr.ts';
import { rule as invalidEndPort } from './invalid-end-port.ts';
import { rule as invalidLabel } from './invalid-label.ts';
import { rule as invalidName } from './invalid-name.ts';
import { rule as invalidPolicyType } from './invalid-policy-type.ts';
import { rule as invalidPort } from './invalid-port.ts';
import { rule as invalidProtocol } from './invalid-protocol.ts';
import { rule as invalidValue } from './invalid-value.ts';
import { rule as ipBlockNotAlone } from './ip-block-not-alone.ts';
import { rule as labelNotString } from './label-not-string.ts';
import { rule as metadataServiceReachable } from './metadata-service-reachable.ts';
import { rule as missingField } from './missing-field.ts';
import { rule as nullRuleAllowsAll } from './null-rule-allows-all.ts';
import { rule as peersOrInsteadOfAnd } from './peers-or-instead-of-and.ts';
import { rule as removedApiVersion } from './removed-api-version.ts';
import type { Rule } from './rule.ts';
import { rule as rulesIgnoredByPolicyTypes } from './rules-ignored-by-policy-types.ts';
import { rule as selectorOperator } from './selector-operator.ts';
import { rule as unknownField } from './unknown-field.ts';
import { rule as wrongType } from './wrong-type.ts';
import { rule as yamlSyntax } from './yaml-syntax.ts';

/** Every rule, by id. */
export const rules: readonly Rule[] = [
  cidrAmbiguous,
  cidrHostBits,
  controllerLabel,
  dnsUdpOnly,
  duplicateItem,
  duplicateKey,
  duplicateResource,
  emptyListAllowsAll,
  emptyPeer,
  exactlyOneField,
  exceptNotInside,
  implicitPodSelector,
  invalidCidr,
  invalidEndPort,
  invalidLabel,
  invalidName,
  invalidPolicyType,
  invalidPort,
  invalidProtocol,
  invalidValue,
  ipBlockNotAlone,
  labelNotString,
  metadataServiceReachable,
  missingField,
  nullRuleAllowsAll,
  peersOrInsteadOfAnd,
  removedApiVersion,
  rulesIgnoredByPolicyTypes,
  selectorOperator,
  unknownField,
  wrongType,
  yamlSyntax,
];
