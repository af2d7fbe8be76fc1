import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { plain } from '../../server/src/explain/phrases.ts';
import { explainResource } from '../../server/src/explain/place.ts';
import { resourcesOf } from '../../server/src/kinds/resource.ts';
import { readManifestText } from '../../server/src/syntax/manifestText.ts';

const corpus = process.env.NETPOL_CORPUS;
const folder = corpus === undefined ? undefined : join(corpus, 'recipes');

/** What the explanation of a recipe must say for its intent to be understood: number of the recipe → sentences. */
const facts: Readonly<Record<string, readonly RegExp[]>> = {
  '01-deny-all-traffic-to-an-application': [/^Selects pods labelled app=web /, /^In: nothing\./m],
  '02-limit-traffic-to-an-application': [
    /^Selects pods labelled app=bookstore and role=api /,
    /^In: only traffic from pods labelled app=bookstore /m,
  ],
  '02a-allow-all-traffic-to-an-application': [/^Selects pods labelled app=web /, /^In: everything\./m],
  '03-deny-all-non-whitelisted-traffic-in-the-namespace': [/^Selects every pod of namespace default/, /^In: nothing\./m],
  '04-deny-traffic-from-other-namespaces': [/^Selects every pod /, /^In: only traffic from every pod of (?!every)/m],
  '05-allow-traffic-from-all-namespaces': [/^In: only traffic from every pod of every namespace/m],
  '06-allow-traffic-from-a-namespace': [/^In: only traffic from every pod of namespaces labelled purpose=production/m],
  '07-allow-traffic-from-some-pods-in-another-namespace': [
    /^In: only traffic from pods labelled type=monitoring of namespaces labelled team=operations/m,
  ],
  '08-allow-external-traffic': [/^In: everything\./m],
  '09-allow-traffic-only-to-a-port': [/^In: only TCP 5000 from pods labelled role=monitoring/m],
  '10-allowing-traffic-with-multiple-selectors': [/role=search .*role=api .*, or .*role=web/],
  '11-deny-egress-traffic-from-an-application': [/^In: not restricted by this policy\./m, /^Out: nothing\./m],
  '11-deny-egress-traffic-from-an-application-2': [/^Out: only UDP 53 and TCP 53 to pods labelled k8s-app=kube-dns/m],
  '12-deny-all-non-whitelisted-traffic-from-the-namespace': [/^Selects every pod /, /^Out: nothing\./m],
  '14-deny-external-egress-traffic': [/^Out: only UDP 53 and TCP 53 to /m],
};

if (folder === undefined || !existsSync(folder)) {
  test.skip('the explanations of the recipes', () => undefined);
  console.log('skipped: the explanations of the recipes, for want of NETPOL_CORPUS');
} else {
  const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as readonly { readonly file: string; readonly intent: string }[];
  console.log(`conformance: explanations of ${index.length} recipes`);

  describe('the explanation says what is intended', () => {
    test.each(index)('$file: $intent', ({ file }) => {
      const expected = facts[file.replace(/\.yaml$/, '')];
      expect(expected, `There is no fact for ${file}.`).toBeDefined();
      const { documents } = readManifestText(readFileSync(join(folder, file), 'utf8'), file);
      const text = documents.flatMap(({ document }) => resourcesOf(document).flatMap((resource) => explainResource(resource) ?? [])).join('\n\n');
      for (const fact of expected ?? []) expect(plain(text)).toMatch(fact);
    });
  });
}
