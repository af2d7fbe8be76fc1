import { plain, ports as portsPhrase } from '../explain/phrases.ts';
import { readCiliumPort, readConditions } from '../kinds/cilium/readCilium.ts';
import { isVerbatim } from '../kinds/templates.ts';
import { childAt, type Place } from '../kinds/walk.ts';
import { itemsOf, valueAt } from '../syntax/node.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { ciliumWith } from './vendor.ts';

function check(place: Place, context: RuleContext): void {
  const conditions = readConditions(place.node)?.filter(({ protocol }) => protocol === 'http' || protocol === 'kafka');
  const rules = childAt(place, 'rules');
  if (!conditions || conditions.length === 0 || !rules?.entry || !isVerbatim(place)) return;
  const ports = itemsOf(valueAt(place.node, 'ports')).flatMap((port) => readCiliumPort(port) ?? []);
  const what = conditions.length === 1 ? conditions[0]?.text : `${conditions.length} kinds of requests`;
  context.report({
    at: rules.entry.key,
    message: `Of what is sent to ${plain(portsPhrase(ports))}, only ${what} is allowed: every other request is refused, and so is any protocol but ${conditions[0]?.protocol === 'http' ? 'HTTP' : 'Kafka'}.`,
  });
}

export const rule: Rule = {
  id: 'cilium-l7-closes-port',
  severity: 'information',
  category: 'meaning',
  summary: 'an HTTP or Kafka rule: it closes its port for everything else',
  apis: ['cilium'],
  places: { 'cilium-port-rule': check },
};

export const page: RulePage = {
  why: 'A rule for `GET /public` is added to let one thing in, and takes all the rest away: health checks, metrics and gRPC on the same port get a 403 or are reset.',
  fix: 'List every request that must pass, health checks included; or leave `rules` out and let the whole port in.',
  ignore: 'Where that is what is meant: it is the point of such rules.',
  source: 'https://docs.cilium.io/en/stable/security/policy/language/#layer-7-examples',
  examples: [
    {
      bad: ciliumWith(
        'endpointSelector: {}\ningress:\n  - fromEndpoints: [{}]\n    toPorts:\n      - ports: [{port: "80", protocol: TCP}]\n        rules:\n#       ^^^^^ only HTTP GET /public is allowed\n          http: [{method: GET, path: /public}]',
      ),
    },
  ],
  good: [ciliumWith('endpointSelector: {}\ningress:\n  - fromEndpoints: [{}]\n    toPorts:\n      - ports: [{port: "80", protocol: TCP}]')],
};
