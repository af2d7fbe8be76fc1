import * as l10n from '@vscode/l10n';
import { enclosing, type Place } from '../kinds/walk.ts';
import { removeEntry } from '../syntax/edits.ts';
import { isMap, type Range } from '../syntax/node.ts';
import { policyWith } from './examples.ts';
import { knownString, quoted, valueRange } from './places.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

/** Labels whose value a controller makes anew with every roll-out. Sources: kubernetes/kubernetes pkg/controller; argoproj/argo-rollouts. */
const changing = new Set([
  'pod-template-hash',
  'controller-revision-hash',
  'pod-template-generation',
  'controller-uid',
  'batch.kubernetes.io/controller-uid',
  'rollouts-pod-template-hash',
]);

const tell = (key: string, at: Range, context: RuleContext, fixes: NonNullable<Parameters<RuleContext['report']>[0]['fixes']>) =>
  context.report({
    at,
    message: `${quoted(key)} is set by a controller and changes with every roll-out: from the next one on, this selector matches no pod.`,
    fixes,
  });

function checkLabels(place: Place, context: RuleContext): void {
  const map = place.node;
  if (!isMap(map) || !enclosing(place, 'selector') || place.resource.table?.validated !== true) return;
  for (const entry of map.entries) {
    if (!changing.has(entry.key.text)) continue;
    // A selector that this would leave empty would select everything: that is for its author to decide.
    tell(entry.key.text, entry.key, context, () =>
      map.entries.length > 1 ? [{ title: l10n.t('Remove "{0}"', entry.key.text), edits: [removeEntry(context.text, map, entry)] }] : [],
    );
  }
}

export const rule: Rule = {
  id: 'controller-label',
  severity: 'warning',
  category: 'meaning',
  summary: 'a label in a selector whose value a controller changes, such as pod-template-hash',
  places: {
    labels: checkLabels,
    'label-key': (place, context) => {
      const key = knownString(place);
      if (key !== undefined && changing.has(key)) tell(key, valueRange(place), context, () => []);
    },
  },
};

export const page: RulePage = {
  why: 'The labels were copied from `kubectl get pods --show-labels`. The policy works until the next roll-out gives the pods another `pod-template-hash`; then it selects nothing, and the pods are open again.',
  fix: 'Select by the labels of the template: the quick fix takes the controller’s label away where others are left.',
  ignore: 'When exactly one revision is meant, for a short time.',
  source: 'kubernetes/kubernetes staging/src/k8s.io/api/apps/v1/types.go (DefaultDeploymentUniqueLabelKey)',
  examples: [
    {
      bad: policyWith('podSelector:\n  matchLabels:\n    app: web\n    pod-template-hash: 5d9f7c\n#   ^^^^^^^^^^^^^^^^^ changes with every roll-out'),
      fixed: policyWith('podSelector:\n  matchLabels:\n    app: web'),
    },
  ],
  good: [policyWith('podSelector:\n  matchLabels:\n    app: web\n    statefulset.kubernetes.io/pod-name: web-0')],
};
