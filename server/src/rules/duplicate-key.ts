import * as l10n from '@vscode/l10n';
import { standTogether } from '../kinds/templates.ts';
import { removeEntry } from '../syntax/edits.ts';
import { type Entry, isMap } from '../syntax/node.ts';
import { quoted } from './places.ts';
import type { Rule, RulePage } from './rule.ts';

/** Asked of every mapping: comparing the few keys of most is sooner than a set of them. */
function areDistinct(entries: readonly Entry[]): boolean {
  const { length } = entries;
  if (length < 2) return true;
  if (length > 12) return new Set(entries.map((entry) => entry.key.text)).size === length;
  for (let i = 1; i < length; i++) {
    const { text } = (entries[i] as Entry).key;
    for (let j = 0; j < i; j++) if (text === (entries[j] as Entry).key.text) return false;
  }
  return true;
}

export const rule: Rule = {
  id: 'duplicate-key',
  severity: 'error',
  category: 'api-server',
  summary: 'the same key twice in one mapping',
  // A mapping in the place of a list or a scalar is refused for that already.
  concerns: ({ is }) => is === 'object' || is === 'map' || is === 'any',
  everyPlace(place, context) {
    const { node } = place;
    if (!isMap(node) || areDistinct(node.entries)) return;
    const seen = new Map<string, Entry>();
    for (const entry of node.entries) {
      const key = entry.key.text;
      const before = seen.get(key);
      // Two branches of a template's condition may hold the same key.
      if (key !== '<<' && before && !entry.key.templated && standTogether(context.document.parsed, before, entry)) {
        context.report({
          at: entry.key,
          message: `${quoted(key)} stands twice in this mapping, and the API server refuses that; keep one and move what both hold into it.`,
          fixes: () => [{ title: l10n.t('Remove this "{0}"', key), edits: [removeEntry(context.text, node, entry)] }],
        });
      }
      seen.set(key, entry);
    }
  },
};

export const page: RulePage = {
  why: 'Two `ingress:` keys look like two lists that add up. YAML keeps only one of them, and which one depends on the parser; the API server refuses the object.',
  fix: 'Move the items of the second list into the first, or remove the key that is not meant.',
  ignore: 'Never.',
  source: 'kubernetes-sigs/yaml yaml.go (UnmarshalStrict); kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/runtime/serializer/json/json.go',
  examples: [
    {
      bad: 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: a\n  name: b\n# ^^^^ twice\nspec:\n  podSelector: {}\n',
      fixed: 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: a\nspec:\n  podSelector: {}\n',
    },
  ],
  good: [
    'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: a\nspec:\n  podSelector: {}\n  ingress:\n    - ports: [{port: 80}]\n    - ports: [{port: 81}]\n',
  ],
};
