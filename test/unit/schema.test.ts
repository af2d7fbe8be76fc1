import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Field, FieldType } from '../../server/src/kinds/fieldTypes.ts';
import { kindTables, policyTables } from '../../server/src/kinds/registry.ts';

/**
 * Compares the field tables with the declarations that the package kubernetes-models makes from Kubernetes' own OpenAPI
 * description, so that a new field or a new type of a release shows here.
 */
interface Declared {
  readonly type: string;
  readonly required: boolean;
}
type Declaration = Readonly<Record<string, Declared>>;

const declarations = new Map<string, Declaration>();
const kinds = new Map<string, string>();
/** Names that stand for another type. */
const synonyms = new Map<string, string>();
/** What a declaration adds to. */
const bases = new Map<string, string>();

function read(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== '_schemas') read(path);
    } else if (entry.name.endsWith('.d.ts')) {
      const text = readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
      const alias = /export type \{ I\w+ as (I\w+)/.exec(text)?.[1];
      const [, base, body] = /export (?:interface|type) I\w+(?: extends (\w+))? (?:= )?\{\n([\s\S]*?)\n\}/.exec(text) ?? [];
      const other = /export type I\w+ = ([^{;]+);/.exec(text)?.[1];
      if (alias !== undefined && other !== undefined) synonyms.set(alias, other);
      if (/interface I\w+ extends (\w+) \{\s*\}/.test(text) && alias !== undefined) synonyms.set(alias, /extends (\w+)/.exec(text)?.[1] as string);
      if (body === undefined || alias === undefined) continue;
      if (base !== undefined && base !== 'TypeMeta') bases.set(alias, base);
      const fields = [...body.matchAll(/^ {4}"([^"]+)"(\??): ([\s\S]+?);$/gm)];
      declarations.set(alias, Object.fromEntries(fields.map(([, name = '', optional, type = '']) => [name, { type, required: optional === '' }])));
      const apiVersion = /^ {4}"apiVersion": "([^"]+)"/m.exec(text)?.[1];
      const kind = /^ {4}"kind": "([^"]+)"/m.exec(text)?.[1];
      if (apiVersion && kind) kinds.set(`${apiVersion} ${kind}`, alias);
    }
  }
}
read('node_modules/kubernetes-models');
read('node_modules/@kubernetes-models/apimachinery');
read('node_modules/@kubernetes-models/cilium');

/** A type's declaration, what it adds to included. */
function declarationOf(name: string): Declaration | undefined {
  const own = declarations.get(name);
  const base = bases.get(name);
  return own && base !== undefined ? { ...declarationOf(base), ...own } : own;
}

const resolved = (type: string): string => (synonyms.has(type) ? resolved(synonyms.get(type) as string) : type);

const named = (type: string): string | undefined => /^(I[IC]\w+)$/.exec(type)?.[1];
const element = (type: string): string | undefined => /^Array<([\s\S]+)>$/.exec(type)?.[1];

/** Values that came with releases after that of the declarations. */
const newer = new Set(['cluster-mesh']);

/** Differences between a field's type and its declaration, as lines. */
function compare(path: string, type: FieldType, written: string, strict: boolean): readonly string[] {
  const declared = resolved(written);
  const differs = [`${path}: the table says ${type.is}, Kubernetes says ${declared}`];
  if (type.is === 'any') return [];
  if (type.is === 'list') {
    const of = element(declared);
    return of === undefined ? differs : compare(`${path}[]`, type.of, of, strict);
  }
  if (type.is === 'map') return /^\{\s*\[key: string\]: (string|\w+Value)/.test(declared) ? [] : differs;
  if (type.is === 'intOrString') return declared === 'string | number' ? [] : differs;
  if (type.is === 'integer' || type.is === 'number') return declared === 'number' ? [] : differs;
  if (type.is === 'boolean') return declared === 'boolean' ? [] : differs;
  if (type.is === 'string') {
    const values = [...declared.matchAll(/"([^"]*)"/g)].map(([, value]) => value);
    if (declared !== 'string' && values.length === 0) return differs;
    const own = Object.keys(type.values ?? {}).filter((value) => !newer.has(value));
    return values.length > 0 && own.length > 0 && values.sort().join() !== own.sort().join() ? [`${path}: values ${own} instead of ${values}`] : [];
  }
  if (type.is !== 'object') return differs;
  const name = named(declared);
  const declaration = name === undefined ? undefined : declarationOf(name);
  return declaration ? compareFields(path, type.fields, declaration, strict) : differs;
}

/** Required by the API server's validation although the schema calls it optional. */
const requiredByValidation = new Set(['metadata', 'metadata.name', 'apiVersion', 'kind']);

function compareFields(path: string, fields: Readonly<Record<string, Field>>, declaration: Declaration, strict: boolean): readonly string[] {
  const lines: string[] = [];
  for (const [name, field] of Object.entries(fields)) {
    const at = path === '' ? name : `${path}.${name}`;
    const declared = declaration[name];
    if (!declared) lines.push(`${at}: not in Kubernetes`);
    else {
      if (strict && (field.required === true) !== declared.required && !requiredByValidation.has(at)) lines.push(`${at}: required differs`);
      lines.push(...compare(at, field.type, declared.type, strict));
    }
  }
  if (strict) for (const name of Object.keys(declaration)) if (!Object.hasOwn(fields, name)) lines.push(`${path}.${name}: missing in the table`);
  return lines;
}

test('the declarations were found', () => {
  expect(declarations.size).toBeGreaterThan(500);
  expect(declarations.get('IIoK8sApiNetworkingV1IPBlock')).toEqual({
    cidr: { type: 'string', required: true },
    except: { type: 'Array<string>', required: false },
  });
});

// Custom resources are not in Kubernetes' own description.
const own = kindTables.filter(
  ({ apiVersion }) =>
    !/^((crd\.)?projectcalico\.org|policy\.networking\.k8s\.io|gateway\.networking\.k8s\.io|route\.openshift\.io|apps\.openshift\.io|argoproj\.io|serving\.knative\.dev|monitoring\.coreos\.com|kubevirt\.io)\//.test(
      apiVersion,
    ),
);

describe.each(own.map((table) => ({ table, id: `${table.apiVersion} ${table.kind}` })))('$id', ({ table, id }) => {
  const strict = policyTables.includes(table);
  test(strict ? 'the table has every field, with its type, and no other' : 'what the table reads exists, with its type', () => {
    const alias = kinds.get(id);
    const declaration = alias === undefined ? undefined : declarations.get(alias);
    expect(declaration && compareFields('', table.type.fields, declaration, strict)).toEqual([]);
  });
});
