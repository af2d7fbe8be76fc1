import * as l10n from '@vscode/l10n';
import { readPort } from '../kinds/kubernetes/readNetworkPolicy.ts';
import { directionOf, enclosing, type Place } from '../kinds/walk.ts';
import { addressesOf, blockAddresses } from '../model/addressSet.ts';
import { contains } from '../model/intervals.ts';
import { appendItem } from '../syntax/edits.ts';
import { isMap, isSeq, itemsOf, valueAt } from '../syntax/node.ts';
import { stringOf } from '../syntax/scalar.ts';
import { addEntry } from './counterparts.ts';
import { policyWith } from './examples.ts';
import { anchorOf, isTemplatedDocument } from './places.ts';
import type { Fix, Rule, RuleContext, RulePage } from './rule.ts';

/** Where clouds serve an instance's metadata and credentials, over HTTP. Sources: the clouds' documentation; fd00:ec2::254 is AWS's. */
const services = [
  { range: '169.254.169.254/32', address: '169.254.169.254' },
  { range: 'fd00:ec2::254/128', address: 'fd00:ec2::254' },
] as const;

/** Whether a rule opens TCP 80. */
const opensHttp = (rule: Place | undefined): boolean => {
  const ports = itemsOf(valueAt(rule?.node, 'ports')).map(readPort);
  return (
    ports.length === 0 ||
    ports.some(
      ({ protocol, port, endPort }) =>
        protocol === 'TCP' && (port === undefined || (typeof port === 'number' && port <= 80 && (endPort ?? port) >= 80)),
    )
  );
};

function check(place: Place, context: RuleContext): void {
  const block = place.node;
  const cidr = stringOf(valueAt(block, 'cidr'));
  if (
    !isMap(block) ||
    cidr === undefined ||
    directionOf(place) !== 'egress' ||
    isTemplatedDocument(context.document) ||
    !opensHttp(enclosing(place, 'rule'))
  )
    return;
  const exceptions = valueAt(block, 'except');
  const reach = blockAddresses(
    cidr,
    itemsOf(exceptions).flatMap((item) => stringOf(item) ?? []),
  );
  for (const { range, address } of services) {
    const [target] = addressesOf(range);
    if (target === undefined || !contains(reach, target)) continue;
    const fixes = (): readonly Fix[] => {
      if (range === cidr) return [];
      const item = range.includes('::') ? `"${range}"` : range;
      const edit =
        isSeq(exceptions) && exceptions.items.length > 0
          ? appendItem(context.text, exceptions, item)
          : addEntry(context.text, block, 'except', [range]);
      return [{ title: l10n.t('Leave out {0}', address), edits: [edit] }];
    };
    context.report({
      at: block.entries.find((entry) => entry.key.text === 'cidr')?.value ?? anchorOf(place),
      message: `${cidr} includes ${address}, where clouds hand out an instance's credentials to whoever asks; leave it out with "except" unless these pods need it.`,
      fixes,
    });
  }
}

export const rule: Rule = {
  id: 'metadata-service-reachable',
  severity: 'warning',
  category: 'posture',
  summary: 'egress to a range that includes the cloud’s metadata service, 169.254.169.254',
  places: { 'ip-block': check },
};

export const page: RulePage = {
  why: 'An application that fetches URLs for its users is talked into fetching `http://169.254.169.254/…` and hands out the node’s credentials. Egress to `0.0.0.0/0` “for the internet” includes that address.',
  fix: 'Add `except: [169.254.169.254/32]` to the ipBlock, and see that no other rule allows it: policies only add.',
  ignore: 'Where the pods need the metadata service, or where the cloud protects it otherwise (IMDSv2 with a hop limit of 1, workload identity).',
  source:
    'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html; https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service',
  examples: [
    {
      bad: policyWith(
        'podSelector: {}\negress:\n  - to:\n      - ipBlock:\n          cidr: 0.0.0.0/0\n#               ^^^^^^^^^ includes 169.254.169.254',
      ),
      fixed: policyWith(
        'podSelector: {}\negress:\n  - to:\n      - ipBlock:\n          cidr: 0.0.0.0/0\n          except:\n            - 169.254.169.254/32',
      ),
    },
    {
      bad: policyWith(
        'podSelector: {}\negress:\n  - to:\n      - ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}\n#                       ^^^^^^^^^ credentials',
      ),
      fixed: policyWith('podSelector: {}\negress:\n  - to:\n      - ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8, 169.254.169.254/32]}'),
    },
  ],
  good: [
    policyWith(
      'podSelector: {}\negress:\n  - to:\n      - ipBlock: {cidr: 0.0.0.0/0, except: [169.254.0.0/16]}\n  - to:\n      - ipBlock: {cidr: 0.0.0.0/0}\n    ports:\n      - port: 443',
    ),
    policyWith('podSelector: {}\ningress:\n  - from:\n      - ipBlock: {cidr: 0.0.0.0/0}'),
  ],
};
