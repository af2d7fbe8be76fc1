import * as l10n from '@vscode/l10n';
import type { Endpoint } from '../connectivity/endpoints.ts';
import { labelsIn, parseSelector } from '../kinds/calico/selector.ts';
import { labelKey } from '../kinds/cilium/readCilium.ts';
import { enclosing, type Place } from '../kinds/walk.ts';
import { memoizedByObject } from '../model/memoized.ts';
import { nearest } from '../model/nearest.ts';
import type { Requirement, Selector } from '../model/selector.ts';
import { unknownValue } from '../model/workload.ts';
import { isMap, isScalar, type Range, resolve } from '../syntax/node.ts';
import { writtenPart } from '../syntax/scalarPart.ts';
import { isPartial } from '../workspace/unknown.ts';
import { deployment, documents } from './examples.ts';
import { scalarLike } from './nearestLabels.ts';
import { isTemplatedDocument, knownScalar, quoted } from './places.ts';
import type { Fix, Rule, RuleContext, RulePage } from './rule.ts';
import { calicoWith, ciliumWith, keyOf } from './vendor.ts';

/** Most labels of a selector that are looked at: nobody writes more, and each is compared with all that are known. */
const mostLabels = 100;

interface Words {
  readonly keys: ReadonlySet<string>;
  readonly values: (key: string) => ReadonlySet<string>;
}

const noValues: ReadonlySet<string> = new Set();

/** Labels that pods carry, those left out that a controller sets. Every selector of a workspace asks. */
const labelsOf = memoizedByObject((endpoints: readonly Endpoint[]): Words => {
  const known = new Map<string, Set<string>>();
  for (const { workload } of endpoints) {
    for (const [key, value] of Object.entries(workload.podLabels)) {
      const values = known.get(key) ?? new Set();
      if (value !== unknownValue) values.add(value);
      known.set(key, values);
    }
  }
  return { keys: new Set(known.keys()), values: (key) => known.get(key) ?? noValues };
});

const wordsOf = ({ observer: { connectivity } }: RuleContext): Words => labelsOf(connectivity.endpoints);

/** What is near where the word itself is unknown. */
const misspelt = (word: string, known: ReadonlySet<string>): string | undefined => (known.has(word) ? undefined : nearest(word, known));

/** Whether a selector asks for a word that no pod has and that is near to one: this rule speaks of it then. */
export function hasMisspeltWord({ requirements, anyOf = [] }: Selector, context: RuleContext): boolean {
  const words = wordsOf(context);
  const isMisspelt = ({ key, operator, values }: Requirement) =>
    misspelt(key, words.keys) !== undefined ||
    (words.keys.has(key) && operator === 'In' && values.some((value) => misspelt(value, words.values(key)) !== undefined));
  return requirements.some(isMisspelt) || anyOf.some((list) => list.some((one) => hasMisspeltWord(one, context)));
}

function report(context: RuleContext, at: Range, word: string, near: string, what: string, fix: (text: string) => Fix): void {
  context.report({
    at,
    message: `No pod that the workspace knows has the ${what} ${quoted(word)}; there is ${quoted(near)}.`,
    fixes: () => [fix(near)].filter(({ edits }) => edits.length > 0),
  });
}

function checkCalico(place: Place, context: RuleContext): void {
  const scalar = knownScalar(place);
  const parsed = scalar && parseSelector(scalar.text);
  if (!scalar || !parsed || 'problem' in parsed || isPartial(context.view.unknown) || isTemplatedDocument(context.document)) return;
  const key = keyOf(place);
  // Labels of namespaces and service accounts are others.
  if ((key !== 'selector' && key !== 'notSelector') || place.parent?.entry?.key.text === 'serviceAccounts') return;
  const words = wordsOf(context);
  if (words.keys.size === 0) return;
  for (const { key: label, values } of labelsIn(parsed.expression).slice(0, mostLabels)) {
    if (label.text.startsWith('projectcalico.org/')) continue;
    const tell = ({ start, end }: Range, word: string, near: string | undefined, what: string) => {
      if (near === undefined) return;
      const written = writtenPart(scalar, context.text, start, end);
      report(context, written ?? scalar, word, near, what, (newText) => ({
        title: l10n.t('Change to {0}', newText),
        edits: written ? [{ ...written, newText }] : [],
      }));
    };
    tell(label, label.text, misspelt(label.text, words.keys), 'label');
    for (const { start, end, text } of values) {
      const near = words.keys.has(label.text) ? misspelt(text, words.values(label.text)) : undefined;
      tell({ start: start + 1, end: end - 1 }, text, near, `value of ${label.text}`);
    }
  }
}

function checkCilium(place: Place, context: RuleContext): void {
  if (!isMap(place.node) || isPartial(context.view.unknown) || isTemplatedDocument(context.document)) return;
  if (!enclosing(place, 'cilium-peer') && !enclosing(place, 'cilium-subject')) return;
  const words = wordsOf(context);
  if (words.keys.size === 0) return;
  const taken = new Set(place.node.entries.map(({ key }) => labelKey(key.text).key));
  for (const { key, value: written } of place.node.entries.slice(0, mostLabels)) {
    const { source, key: label } = labelKey(key.text);
    const value = resolve(written);
    if ((source !== undefined && source !== 'k8s') || /^io\.(cilium|kubernetes)\./.test(label) || !isScalar(value)) continue;
    const nearKey = misspelt(label, words.keys);
    const at = { start: key.end - label.length, end: key.end };
    if (nearKey !== undefined && key.style === 'plain')
      report(context, at, label, nearKey, 'label', (text) => ({
        title: l10n.t('Change to {0}', text),
        edits: taken.has(text) ? [] : [{ ...at, newText: text }],
      }));
    const near = words.keys.has(label) ? misspelt(value.text, words.values(label)) : undefined;
    if (near !== undefined)
      report(context, value, value.text, near, `value of ${label}`, (text) => ({
        title: l10n.t('Change to {0}', text),
        edits: [scalarLike(value, text)],
      }));
  }
}

export const rule: Rule = {
  id: 'vendor-label-typo',
  severity: 'warning',
  category: 'meaning',
  summary: 'a label in a selector of Cilium or Calico that no pod has, and that is near one that some pod has',
  apis: ['cilium', 'calico'],
  scope: 'cluster',
  places: { 'calico-selector': checkCalico, 'cilium-labels': checkCilium },
};

const pods = deployment('web', 'shop');

export const page: RulePage = {
  why: 'A selector that selects nothing is no error anywhere: the policy is stored, and the pods that it was meant for stay open.',
  fix: 'Take the label that the pods carry.',
  ignore: 'Where pods with the label come from another repository.',
  source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/',
  examples: [
    {
      bad: documents(calicoWith('selector: app == \'wbe\'\n#                 ^^^ there is "web"\ntypes: [Ingress]'), pods),
      fixed: documents(calicoWith("selector: app == 'web'\ntypes: [Ingress]"), pods),
    },
    {
      bad: documents(ciliumWith('endpointSelector:\n  matchLabels:\n    app: wbe\n#        ^^^ there is "web"\ningress: [{}]'), pods),
      fixed: documents(ciliumWith('endpointSelector:\n  matchLabels:\n    app: web\ningress: [{}]'), pods),
    },
  ],
  good: [documents(calicoWith("selector: app == 'web'\ntypes: [Ingress]"), pods)],
};
