import * as l10n from '@vscode/l10n';
import { namesGlobal, parseSelector } from '../kinds/calico/selector.ts';
import { enclosing, type Place } from '../kinds/walk.ts';
import { writtenPart } from '../syntax/scalarPart.ts';
import { knownScalar } from './places.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { calicoWith, keyOf, rangeIn } from './vendor.ts';

function check(place: Place, context: RuleContext): void {
  const scalar = knownScalar(place);
  if (!scalar) return;
  const parsed = parseSelector(scalar.text);
  if ('problem' in parsed) {
    const { message, start, end, instead } = parsed.problem;
    const at = rangeIn(scalar, context.text, start, end);
    // In a quoted text its own quotes would end it.
    const fits = instead !== undefined && writtenPart(scalar, context.text, start, end) !== undefined;
    const quote = context.text[scalar.start] === '"' ? "'" : '"';
    const newText = instead?.replaceAll('"', quote) ?? '';
    context.report({ at, message, fixes: () => (fits ? [{ title: l10n.t('Write {0}', newText), certain: true, edits: [{ ...at, newText }] }] : []) });
    return;
  }
  if (!namesGlobal(parsed.expression)) return;
  if (enclosing(place, 'calico-entity') && keyOf(place) === 'namespaceSelector') return;
  const at = rangeIn(scalar, context.text, scalar.text.indexOf('global'), scalar.text.indexOf(')', scalar.text.indexOf('global')) + 1);
  context.report({ at, message: 'global() may stand only in the namespaceSelector of a source or destination.' });
}

export const rule: Rule = {
  id: 'calico-selector',
  severity: 'error',
  category: 'api-server',
  summary: 'a selector of Calico’s language that cannot be read',
  apis: ['calico'],
  places: { 'calico-selector': check },
};

export const page: RulePage = {
  why: 'Calico’s selectors are a language of their own inside one YAML string. A single `=`, a value without quotes or a bracket that is not closed, and the object is refused; written as a `crd.projectcalico.org/v1` object it is stored, and selects nothing.',
  fix: 'Compare by `==`, `!=`, `in`, `not in`, `contains`, `starts with` and `ends with`, values in quotes; join by `&&` and `||`; ask for a label by `has(…)`.',
  ignore: 'Never.',
  source: 'projectcalico/calico libcalico-go/lib/selector/tokenizer/tokenizer.go, parser/parser.go',
  examples: [
    {
      bad: calicoWith('selector: app = \'web\'\n#             ^ write "=="\ntypes: [Ingress]'),
      fixed: calicoWith("selector: app == 'web'\ntypes: [Ingress]"),
    },
    {
      bad: calicoWith('selector: app == web\n#                ^^^ A value stands in quotes\ntypes: [Ingress]'),
      fixed: calicoWith('selector: app == "web"\ntypes: [Ingress]'),
    },
    {
      bad: calicoWith("selector: app == 'web' & tier == 'x'\n#                      ^ write \"&&\"\ntypes: [Ingress]"),
      fixed: calicoWith("selector: app == 'web' && tier == 'x'\ntypes: [Ingress]"),
    },
    { bad: calicoWith('selector: global()\n#         ^^^^^^^^ only in the namespaceSelector\ntypes: [Ingress]') },
    { bad: calicoWith("selector: (has(app) || app in {'a'\n#                              ^^^ A comma or\ntypes: [Ingress]") },
  ],
  good: [
    calicoWith(
      "selector: app == 'web' && !(tier in {'a', 'b'} || has(x))\ntypes: [Ingress]\ningress:\n  - action: Allow\n    source:\n      namespaceSelector: global()",
    ),
  ],
};
