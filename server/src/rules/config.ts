import type { Field, KindTable, ObjectType } from '../kinds/fieldTypes.ts';
import type { Resource } from '../kinds/resource.ts';
import type { DocumentText } from '../syntax/manifestText.ts';
import { entriesOf, isMap, isScalar, itemsOf, type Node, resolve, valueAt } from '../syntax/node.ts';
import { isNull, stringOf } from '../syntax/scalar.ts';
import { type Engine, engines, isEngine } from '../workspace/engine.ts';
import { type ClusterCidrs, noClusterCidrs } from '../workspace/view.ts';
import { rules } from './registry.ts';
import type { Category, Severity } from './rule.ts';
import type { RuleSettings } from './ruleSettings.ts';

/**
 * `.netpol.yaml`: settings that editor and command line share, for the folder that it lies in and all below. What is
 * nearer to a file wins, setting by setting.
 */
export const configName = '.netpol.yaml';

export const isConfig = (uri: string): boolean => uri.endsWith(`/${configName}`) || uri === configName;

export interface Config {
  readonly rules: RuleSettings;
  /** Undefined: as the editor's settings say. */
  readonly engine: Engine | 'auto' | undefined;
  readonly clusterCidrs: ClusterCidrs | undefined;
}

const severityDocs = {
  error: 'An error: `netpol check` fails.',
  warning: 'A warning.',
  information: 'Worth knowing.',
  hint: 'A hint, faded in the editor.',
  off: 'Not reported.',
} as const satisfies Readonly<Record<Severity | 'off', string>>;

const categories: Readonly<Record<Category, string>> = {
  'api-server': 'What the API server rejects.',
  meaning: 'What is accepted and not what it seems.',
  posture: 'What leaves more open than needed.',
  engine: 'What the network plugin does not do.',
};

const severity = (doc: string, absent: string): Field => ({ type: { is: 'string', role: 'setting', values: severityDocs }, doc, absent });

const cidrs = (doc: string): Field => ({ type: { is: 'list', of: { is: 'string', role: 'cidr' } }, doc });

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

const type: ObjectType = {
  is: 'object',
  name: 'a netpol configuration',
  fields: {
    rules: {
      type: {
        is: 'object',
        name: 'the rules of a netpol configuration',
        fields: Object.fromEntries([
          ...Object.entries(categories).map(([name, doc]) => [
            name,
            severity(`Every rule of the category that is not named itself. ${doc}`, 'each rule has its own severity'),
          ]),
          ...rules.map((rule) => [rule.id, severity(`${capital(rule.summary)}.`, rule.severity)]),
        ]),
      },
      doc: 'Severities by rule or by category.',
      absent: 'each rule has its own severity',
    },
    engine: {
      type: {
        is: 'string',
        role: 'setting',
        values: {
          auto: 'Deduced from the workspace, where it can be.',
          ...Object.fromEntries(Object.entries(engines).map(([name, words]) => [name, `${capital(words)}.`])),
        },
      },
      doc: 'The network plugin of the cluster: what it does not do is reported.',
      absent: 'as the editor’s settings say',
    },
    clusterCidrs: {
      type: {
        is: 'object',
        name: 'the address ranges of a cluster',
        fields: {
          pods: cidrs('Ranges that pods get their addresses from.'),
          services: cidrs('Ranges that Services get their addresses from.'),
          nodes: cidrs('Ranges of the nodes’ addresses.'),
        },
      },
      doc: 'Address ranges of the cluster’s own, to tell where an ipBlock is meant for pods, Services or nodes.',
    },
  },
};

const table: KindTable = {
  apiVersion: '',
  kind: configName,
  type,
  url: 'https://github.com/netpol/netpol#settings',
  namespaced: false,
  validated: true,
};

/** The configuration as something that rules and features can walk; undefined for a text that is no mapping. */
export function configResource(document: DocumentText): Resource | undefined {
  const root = resolve(document.parsed.root);
  return isMap(root) ? { document, root, apiVersion: undefined, kind: undefined, name: undefined, namespace: undefined, table } : undefined;
}

export const configType = type;

/** A word as written: `off` and `none` too, which YAML 1.1 takes for something else. */
const wordOf = (node: Node | undefined): string | undefined => {
  const scalar = resolve(node);
  return isScalar(scalar) ? scalar.text : undefined;
};

const isLevel = (text: string | undefined): text is Severity | 'off' => text !== undefined && Object.hasOwn(severityDocs, text);

/** Reads a configuration. What is wrong in it has no effect; findings on the file say what that is. */
export function readConfig({ parsed }: DocumentText): Config {
  const root = resolve(parsed.root);
  const severities: Record<string, Severity | 'off'> = {};
  const written = valueAt(root, 'rules');
  for (const { key, value } of isMap(written) ? entriesOf(written) : []) {
    const level = wordOf(value);
    if (isLevel(level) && (Object.hasOwn(categories, key.text) || rules.some(({ id }) => id === key.text))) severities[key.text] = level;
  }
  const engine = wordOf(valueAt(root, 'engine'));
  const ranges = valueAt(root, 'clusterCidrs');
  const listed = (key: keyof ClusterCidrs) => itemsOf(valueAt(ranges, key)).flatMap((item) => stringOf(item) ?? []);
  return {
    rules: severities,
    engine: engine === 'auto' || isEngine(engine) ? engine : undefined,
    clusterCidrs: isNull(ranges) ? undefined : { ...noClusterCidrs, pods: listed('pods'), services: listed('services'), nodes: listed('nodes') },
  };
}
