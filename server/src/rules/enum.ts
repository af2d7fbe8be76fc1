import * as l10n from '@vscode/l10n';
import type { ScalarType } from '../kinds/fieldTypes.ts';
import type { Place } from '../kinds/walk.ts';
import { nearest } from '../model/nearest.ts';
import { isScalar } from '../syntax/node.ts';
import { knownString, quoted, valueRange } from './places.ts';
import type { RuleContext } from './rule.ts';

/** Reports a string that is none of its field's values; a value in the wrong case or nearly right is mended for certain. */
export function checkEnum(place: Place, context: RuleContext, what: string): void {
  // Settings have words such as `off`, which YAML 1.1 takes for a boolean.
  const value = place.type.role === 'setting' && isScalar(place.node) ? place.node.text : knownString(place);
  const known = Object.keys((place.type as ScalarType).values ?? {});
  if (value === undefined || known.includes(value)) return;
  const at = valueRange(place);
  context.report({
    at,
    message: `${quoted(value)} is not ${what}; use ${known.slice(0, -1).join(', ')} or ${known.at(-1)}.`,
    fixes: () => {
      const close = nearest(value, known);
      return (close ? [close] : known).map((choice) => ({
        title: l10n.t('Change to {0}', choice),
        certain: close !== undefined,
        edits: [{ ...at, newText: choice }],
      }));
    },
  });
}
