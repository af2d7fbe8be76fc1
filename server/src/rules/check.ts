import { mayHoldKnownKind, type Resource, resourcesOf } from '../kinds/resource.ts';
import { type Place, walk } from '../kinds/walk.ts';
import type { DocumentText } from '../syntax/manifestText.ts';
import type { WorkspaceView } from '../workspace/view.ts';
import { ignoreComments } from './ignore.ts';
import { rules } from './registry.ts';
import type { Report, Rule, RuleContext, Severity } from './rule.ts';

/** A report together with the rule that made it. */
export interface Finding extends Report {
  readonly rule: Rule;
  readonly severity: Severity;
}

/** Severities by rule id, as the setting `netpol.rules` has them; a rule that is not named keeps its own. */
export type RuleSettings = Readonly<Record<string, Severity | 'off'>>;

const documentRules = rules.filter((rule) => rule.scope !== 'workspace');
const workspaceRules = rules.filter((rule) => rule.scope === 'workspace');

interface RawFinding extends Report {
  readonly rule: Rule;
}

/** Findings of the rules that look at the document alone: as long as the document is the same, so are they. */
const cache = new WeakMap<DocumentText, readonly RawFinding[]>();

function run(selected: readonly Rule[], document: DocumentText, resources: readonly Resource[], view: WorkspaceView): readonly RawFinding[] {
  const found: RawFinding[] = [];
  const contexts = selected.map((rule): [Rule, RuleContext] => [
    rule,
    { document, text: document.text, view, report: (report) => found.push({ ...report, rule }) },
  ]);
  for (const [rule, context] of contexts) {
    rule.document?.(context);
    if (rule.resource) for (const resource of resources) rule.resource(resource, context);
  }
  const atPlaces = contexts.filter(([rule]) => rule.everyPlace || rule.places);
  if (atPlaces.length > 0) {
    for (const resource of resources) {
      walk(resource, (place: Place) => {
        for (const [rule, context] of atPlaces) {
          rule.everyPlace?.(place, context);
          if (place.type.role) rule.places?.[place.type.role]?.(place, context);
        }
      });
    }
  }
  return found;
}

/** Top-level `apiVersion` and a kind that netpol reads, in a text too broken for the parser to give a tree. */
const looksLikeManifest = (document: DocumentText): boolean =>
  mayHoldKnownKind(document.text) && document.parsed.problems.length > 0 && /^["']?\s*apiVersion["']?\s*:/m.test(document.text);

/**
 * Runs the rules on one document. Nothing is found in a document that is no manifest of a kind that netpol reads.
 * Ranges are offsets in the document's text; the order is that of the text.
 */
export function checkDocument(document: DocumentText, view: WorkspaceView, settings: RuleSettings = {}): readonly Finding[] {
  const resources = resourcesOf(document);
  if (!resources.some((resource) => resource.table) && !(resources.length === 0 && looksLikeManifest(document))) return [];
  let own = cache.get(document);
  if (!own) {
    own = run(documentRules, document, resources, view);
    cache.set(document, own);
  }
  const others = run(workspaceRules, document, resources, view);
  if (own.length + others.length === 0) return [];
  const ignores = ignoreComments(document.text);
  const silenced = ({ rule, at }: RawFinding) =>
    ignores.some((ignore) => ignore.ids.includes(rule.id) && at.start >= ignore.from && at.start < ignore.to);
  return [...own, ...others]
    .flatMap((found) => {
      const severity = settings[found.rule.id] ?? found.rule.severity;
      return severity === 'off' || silenced(found) ? [] : [{ ...found, severity }];
    })
    .sort((a, b) => a.at.start - b.at.start || a.at.end - b.at.end);
}
