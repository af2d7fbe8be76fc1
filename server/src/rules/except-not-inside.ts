import * as l10n from '@vscode/l10n';
import { isStrictSubnet, parseCidr } from '../model/cidr.ts';
import { removeItem } from '../syntax/edits.ts';
import { isSeq, valueAt } from '../syntax/node.ts';
import { stringOf } from '../syntax/scalar.ts';
import { policyWith } from './examples.ts';
import { knownString, quoted, valueRange } from './places.ts';
import type { Rule, RulePage } from './rule.ts';

export const rule: Rule = {
  id: 'except-not-inside',
  severity: 'error',
  category: 'api-server',
  summary: 'an except that lies outside its cidr, or equals it',
  places: {
    except: (place, context) => {
      const text = knownString(place);
      const outerText = stringOf(valueAt(place.parent?.parent?.node, 'cidr'));
      if (text === undefined || outerText === undefined) return;
      const inner = parseCidr(text);
      const outer = parseCidr(outerText);
      if (!('cidr' in inner) || !('cidr' in outer) || isStrictSubnet(inner.cidr, outer.cidr)) return;
      const list = place.parent?.node;
      const what = inner.cidr.family !== outer.cidr.family ? 'is of another address family than' : 'must be a strict subset of';
      context.report({
        at: valueRange(place),
        message: `${quoted(text)} ${what} cidr ${quoted(outerText)}: an exception can only take away part of the range that it belongs to.`,
        fixes: () =>
          isSeq(list) && place.item ? [{ title: l10n.t('Remove this exception'), edits: [removeItem(context.text, list, place.item)] }] : [],
      });
    },
  },
};

export const page: RulePage = {
  why: 'People write `except` as if it were a list of denied ranges. It only narrows its own `cidr`; a range outside changes nothing, and the API server refuses it.',
  fix: 'Remove the exception, or widen `cidr` so that it holds it. An exception as large as the range leaves nothing: remove the whole peer.',
  ignore: 'Never.',
  source: 'kubernetes/kubernetes pkg/apis/networking/validation/validation.go (ValidateIPBlock)',
  examples: [
    {
      bad: policyWith(
        'podSelector: {}\negress:\n  - to:\n      - ipBlock:\n          cidr: 10.0.0.0/16\n          except:\n            - 10.0.1.0/24\n            - 10.1.0.0/24\n#             ^^^^^^^^^^^ strict subset',
      ),
      fixed: policyWith(
        'podSelector: {}\negress:\n  - to:\n      - ipBlock:\n          cidr: 10.0.0.0/16\n          except:\n            - 10.0.1.0/24',
      ),
    },
  ],
  good: [
    policyWith('podSelector: {}\negress:\n  - to:\n      - ipBlock:\n          cidr: 0.0.0.0/0\n          except:\n            - 169.254.169.254/32'),
  ],
};
