import * as l10n from '@vscode/l10n';
import type { Place } from '../kinds/walk.ts';
import { type Cidr, cidrRange, formatCidr } from '../model/cidr.ts';
import { knownString, quoted, valueRange } from './places.ts';
import type { RuleContext } from './rule.ts';

/** Whether an address is another than the first of its network. */
export const hasHostBits = (cidr: Cidr): boolean => cidrRange(cidr).first !== cidr.address;

/** Tells of an address that is not the first of its network, and who refuses it, as a clause. */
export function reportHostBits(place: Place, cidr: Cidr, context: RuleContext, refused?: string): void {
  const network = formatCidr(cidr);
  const at = valueRange(place);
  const quote = /^["']/.exec(context.text.slice(at.start, at.end))?.[0] ?? '';
  context.report({
    at,
    message: `${quoted(knownString(place) ?? '')} has bits set behind its prefix length and means ${network}, the whole network${refused ? `; ${refused}` : ''}.`,
    fixes: () => [{ title: l10n.t('Change to {0}', network), certain: true, edits: [{ ...at, newText: `${quote}${network}${quote}` }] }],
  });
}
