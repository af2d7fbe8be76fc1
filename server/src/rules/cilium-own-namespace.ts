import * as l10n from '@vscode/l10n';
import { allOf } from '../explain/phrases.ts';
import { readEndpointSelector } from '../kinds/cilium/readCilium.ts';
import type { Place } from '../kinds/walk.ts';
import { everything } from '../model/selector.ts';
import { setEntry } from '../syntax/edits.ts';
import { entryOf, isMap, resolve } from '../syntax/node.ts';
import { writeYaml } from '../syntax/writeYaml.ts';
import { isPartialIn } from '../workspace/unknown.ts';
import { deployment, documents } from './examples.ts';
import { podsIn } from './inView.ts';
import { anchorOf } from './places.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { ciliumWith, compiledIn } from './vendor.ts';

function check(place: Place, context: RuleContext): void {
  const [own] = compiledIn(place.resource, context);
  if (!own?.policy.namespaced || isPartialIn(context.view.unknown, own.policy.namespace)) return;
  const { pods, namespaces } = readEndpointSelector(place.node);
  if (namespaces || pods.requirements.length === 0) return;
  const { connectivity } = context.observer;
  const fitting = podsIn(connectivity.sets.select(everything, pods, 'with host network'), connectivity);
  const elsewhere = [...new Set(fitting.map(({ namespace }) => namespace.name))];
  if (elsewhere.length === 0 || elsewhere.includes(own.policy.namespace ?? '')) return;
  const labels = resolve(entryOf(place.node, 'matchLabels')?.value);
  context.report({
    at: anchorOf(place),
    message: `Means endpoints of the policy’s own namespace ${own.policy.namespace} alone, and pods so labelled are only in ${allOf(elsewhere)}: name the namespace by k8s:io.kubernetes.pod.namespace.`,
    fixes: () =>
      isMap(labels)
        ? elsewhere.map((name) => ({
            title: l10n.t('Of namespace {0}', name),
            edits: [setEntry(context.text, labels, 'k8s:io.kubernetes.pod.namespace', writeYaml(name))],
          }))
        : [],
  });
}

export const rule: Rule = {
  id: 'cilium-own-namespace',
  severity: 'warning',
  category: 'meaning',
  summary: 'endpoints without a namespace’s label, which are meant to be of another namespace',
  apis: ['cilium'],
  scope: 'cluster',
  places: { 'cilium-peer': check },
};

const from = (labels: string): string =>
  ciliumWith(`endpointSelector: {}\ningress:\n  - fromEndpoints:\n      - matchLabels:\n          app: proxy\n${labels}`);

export const page: RulePage = {
  why: 'In a CiliumNetworkPolicy every selector of endpoints is narrowed to the policy’s own namespace, unless it says which. There is no namespaceSelector that one could forget: it is a label among the others.',
  fix: 'Add `k8s:io.kubernetes.pod.namespace: <name>`, or a namespace’s label behind `k8s:io.cilium.k8s.namespace.labels.`.',
  ignore: 'Where pods of the own namespace come later.',
  source: 'https://docs.cilium.io/en/stable/security/policy/kubernetes/#namespaces',
  examples: [
    {
      bad: documents(
        from('').replace('      - matchLabels', '      - matchLabels').replace('          app: proxy', '          app: proxy'),
        deployment('proxy', 'edge'),
      ).replace('        - matchLabels:\n', '        - matchLabels:\n#       ^ only in edge\n'),
      fixed: documents(from('          k8s:io.kubernetes.pod.namespace: edge'), deployment('proxy', 'edge')),
    },
  ],
  good: [documents(from('          k8s:io.kubernetes.pod.namespace: edge'), deployment('proxy', 'edge'))],
};
