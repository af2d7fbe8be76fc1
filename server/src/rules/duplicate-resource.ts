import { resolve, valueAt } from '../syntax/node.ts';
import { folderOf } from '../workspace/clusterView.ts';
import { policyWith } from './examples.ts';
import type { Rule, RulePage } from './rule.ts';

export const rule: Rule = {
  id: 'duplicate-resource',
  severity: 'error',
  category: 'api-server',
  summary: 'two resources of one kind, namespace and name in one cluster view',
  scope: 'workspace',
  resource(resource, context) {
    const { table, name, namespace, kind } = resource;
    if (!table || name === undefined) return;
    const twins = context.view.twinsOf(resource);
    if (twins.length === 0) return;
    const others = [...twins].sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : a.at.start - b.at.start));
    const at = resolve(valueAt(resource.root, 'metadata', 'name'));
    const [first] = others;
    if (!at || !first) return;
    // Files that nothing says are applied together may be variants, or the same for several clusters.
    const apart = context.view.kind === 'folder' && others.every(({ file }) => file !== context.view.file);
    const nearby = others.some(({ file }) => folderOf(file) === folderOf(context.view.file));
    const severity = nearby ? ('warning' as const) : ('information' as const);
    const where = namespace === undefined ? '' : ` of namespace ${namespace}`;
    context.report({
      at,
      ...(apart ? { severity } : {}),
      message: `There is another ${kind} ${name}${where} in ${first.place}; the one applied last wins and the other is lost. Rename one of them.`,
      related: others.map((other) => ({ file: other.file, at: other.at, message: `The other ${kind} ${name}` })),
    });
  },
};

export const page: RulePage = {
  why: 'A policy is copied as a start for a second one and its name is forgotten. Applied together, the second replaces the first, and the traffic that the first allowed is gone.',
  fix: 'Give each its own name. The finding’s related information leads to the other one.',
  ignore:
    'When the files are never applied to the same cluster. In other files of a plain folder it is a warning, in other folders information; say better with kustomization roots or the setting `netpol.views`: the same resource in two views is no duplicate.',
  source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/names/',
  examples: [
    {
      bad: `${policyWith('podSelector: {}').replace('name: web', 'name: web\n#       ^^^ another NetworkPolicy web')}---\n${policyWith('podSelector: {}').replace('name: web', 'name: web\n#       ^^^ another NetworkPolicy web')}`,
    },
  ],
  good: [`${policyWith('podSelector: {}')}---\n${policyWith('podSelector: {}').replace('name: web', 'name: web\n  namespace: shop')}`],
};
