import { expect, test } from 'vitest';
import { type FieldHelp, type Neighbours, resolveFieldHelp } from '../../client/src/fieldHelp.ts';
import { looksLikeManifest } from '../../client/src/manifests.ts';

const alone: Neighbours = { yamlExtension: false, kubernetesExtension: false, schemas: {} };
const beside = (schemas: Readonly<Record<string, unknown>>, kubernetesExtension = false): Neighbours => ({
  yamlExtension: true,
  kubernetesExtension,
  schemas,
});
const path = '/work/k8s/policy.yaml';

test.each<[string, FieldHelp | undefined, Neighbours, string, 'always' | 'never']>([
  ['alone', 'auto', alone, '', 'always'],
  ['not set', undefined, alone, '', 'always'],
  ['the YAML extension without a schema', 'auto', beside({}), '', 'always'],
  ['its built-in Kubernetes schema for the file', 'auto', beside({ kubernetes: '*.yaml' }), '', 'never'],
  ['for a folder', 'auto', beside({ kubernetes: ['/k8s/**'] }), '', 'never'],
  ['for another folder', 'auto', beside({ kubernetes: ['/helm/**'] }), '', 'always'],
  ['a schema by URL', 'auto', beside({ 'https://example.org/kubernetes/all.json': 'k8s/*.yaml' }), '', 'never'],
  ['a schema of something else', 'auto', beside({ 'https://example.org/compose.json': '*.yaml' }), '', 'always'],
  ['the Kubernetes extension', 'auto', beside({}, true), '', 'never'],
  ['a schema named in the file', 'auto', beside({}), '# yaml-language-server: $schema=https://example.org/kubernetes/v1.json\n', 'never'],
  ['another schema named in the file', 'auto', beside({ kubernetes: '*.yaml' }), '# yaml-language-server: $schema=own.json\n', 'always'],
  ['the user decides for', 'always', beside({ kubernetes: '*.yaml' }), '', 'always'],
  ['the user decides against', 'never', alone, '', 'never'],
  ['a schema whose globs are nonsense', 'auto', beside({ kubernetes: 7 }), '', 'always'],
])('%s', (_, setting, neighbours, beginning, expected) => {
  expect(resolveFieldHelp(setting, neighbours, { path, beginning })).toBe(expected);
});

test.each([
  ['a policy', 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n', true],
  ['JSON', '{"apiVersion": "v1",\n "kind": "Pod"}', true],
  ['JSON on one line', '{"apiVersion": "v1", "kind": "Pod"}', true],
  ['the second document', 'a: 1\n---\napiVersion: v1\nkind: Pod\n', true],
  ['a workflow', 'name: CI\non: push\n', false],
  ['a Compose file', 'version: "3"\nservices: {}\n', false],
  ['an apiVersion of something else', 'apiVersion: vx\nkind: thing\n', false],
  ['kind alone', 'kind: thing\n', false],
  ['a template that writes the version', '{{- if .Values.on }}\nkind: NetworkPolicy\napiVersion: {{ include "version" . }}\n', true],
  ['a policy among a chart’s values', 'extraObjects:\n  - apiVersion: networking.k8s.io/v1\n    kind: NetworkPolicy\n', true],
  ['a policy whose kind comes first', 'templates:\n  - kind: NetworkPolicy\n    apiVersion: networking.k8s.io/v1\n', true],
  ['a policy whose kind lacks its colon', 'apiVersion: networking.k8s.io/v1\nkind NetworkPolicy\n', true],
  ['a policy whose apiVersion lacks a space', 'apiVersion:networking.k8s.io/v1\nkind: NetworkPolicy\n', true],
  ['words', 'The apiVersion is v1, kind of.\n', false],
  ['a package', '{"name": "x", "version": "1"}', false],
  ['an OpenAPI description', 'openapi: 3.1.0\ninfo: {version: v1}\n', false],
])('looks like a manifest: %s', (_, text, expected) => {
  expect(looksLikeManifest(text)).toBe(expected);
});
