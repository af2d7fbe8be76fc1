import * as l10n from '@vscode/l10n';
import { readPort } from '../kinds/kubernetes/readNetworkPolicy.ts';
import { isNetworkPolicy } from '../kinds/registry.ts';
import { directionOf, type Place } from '../kinds/walk.ts';
import { appendItem } from '../syntax/edits.ts';
import { isMap, isSeq, resolve, valueAt } from '../syntax/node.ts';
import { policyWith } from './examples.ts';
import { isTemplatedDocument } from './places.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

/** Ports of cluster DNS: 53, and 5353 in OpenShift's pods. */
const dnsPorts: readonly number[] = [53, 5353];

function check(place: Place, context: RuleContext): void {
  const list = place.node;
  if (!isSeq(list) || directionOf(place) !== 'egress' || !isNetworkPolicy(place.resource.table) || isTemplatedDocument(context.document)) return;
  const ports = list.items.map((item) => readPort(item.value));
  for (const [i, { protocol, port }] of ports.entries()) {
    if (protocol !== 'UDP' || typeof port !== 'number' || !dnsPorts.includes(port)) continue;
    const tcp = ports.some(
      (other) =>
        other.protocol === 'TCP' &&
        (other.port === undefined || (typeof other.port === 'number' && other.port <= port && (other.endPort ?? other.port) >= port)),
    );
    const item = list.items[i];
    if (tcp || !item) continue;
    const value = resolve(item.value);
    const text = isMap(value) && !value.flow ? `protocol: TCP\nport: ${port}` : `{protocol: TCP, port: ${port}}`;
    context.report({
      at: valueAt(item.value, 'port') ?? item,
      message: `DNS is let out over UDP alone; answers that do not fit come over TCP ${port}, and those will fail.`,
      fixes: () => [{ title: l10n.t('Add TCP {0}', port), edits: [appendItem(context.text, list, text)] }],
    });
  }
}

export const rule: Rule = {
  id: 'dns-udp-only',
  severity: 'information',
  category: 'meaning',
  summary: 'egress to DNS over UDP without TCP: long answers fail',
  places: { ports: check },
};

export const page: RulePage = {
  why: 'Names resolve, for months. Then a service grows to thirty pods, the answer for its headless Service no longer fits a UDP packet, the resolver asks again over TCP, and the policy drops it.',
  fix: 'Allow TCP on the same port beside UDP.',
  ignore: 'Where another policy allows TCP for the same pods.',
  source: 'RFC 7766 (DNS over TCP is required)',
  examples: [
    {
      bad: policyWith('podSelector: {}\negress:\n  - ports:\n      - protocol: UDP\n        port: 53\n#             ^^ over UDP alone'),
      fixed: policyWith('podSelector: {}\negress:\n  - ports:\n      - protocol: UDP\n        port: 53\n      - protocol: TCP\n        port: 53'),
    },
    {
      bad: policyWith('podSelector: {}\negress:\n  - ports: [{port: 53, protocol: UDP}]\n#                  ^^ TCP 53'),
      fixed: policyWith('podSelector: {}\negress:\n  - ports: [{port: 53, protocol: UDP}, {protocol: TCP, port: 53}]'),
    },
  ],
  good: [
    policyWith(
      'podSelector: {}\negress:\n  - ports:\n      - {protocol: UDP, port: 53}\n      - {protocol: TCP, port: 53}\ningress:\n  - ports:\n      - {protocol: UDP, port: 53}',
    ),
  ],
};
