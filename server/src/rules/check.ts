import type { Role } from '../kinds/fieldTypes.ts';
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

interface RawFinding extends Report {
  readonly rule: Rule;
}

/** Findings of the rules that look at the document alone: as long as the document is the same, so are they. */
const cache = new WeakMap<DocumentText, readonly RawFinding[]>();

type PlaceCheck = (place: Place, context: RuleContext) => void;

/** Rules made ready to run together: each place is visited once, and only the checks of its role are called. */
interface Runner {
  readonly rules: readonly Rule[];
  readonly everyPlace: readonly (readonly [index: number, check: PlaceCheck])[];
  readonly byRole: ReadonlyMap<Role, readonly (readonly [index: number, check: PlaceCheck])[]>;
}

function runnerOf(selected: readonly Rule[]): Runner {
  const byRole = new Map<Role, (readonly [number, PlaceCheck])[]>();
  for (const [index, rule] of selected.entries()) {
    for (const [role, check] of Object.entries(rule.places ?? {}) as [Role, PlaceCheck][]) {
      byRole.set(role, [...(byRole.get(role) ?? []), [index, check]]);
    }
  }
  const everyPlace = selected.flatMap((rule, index): (readonly [number, PlaceCheck])[] => (rule.everyPlace ? [[index, rule.everyPlace]] : []));
  return { rules: selected, everyPlace, byRole };
}

const documentRules = runnerOf(rules.filter((rule) => rule.scope !== 'workspace'));
const workspaceRules = runnerOf(rules.filter((rule) => rule.scope === 'workspace'));

function run(runner: Runner, document: DocumentText, resources: readonly Resource[], view: WorkspaceView): readonly RawFinding[] {
  const found: RawFinding[] = [];
  const contexts = runner.rules.map(
    (rule): RuleContext => ({ document, text: document.text, view, report: (report) => found.push({ ...report, rule }) }),
  );
  for (const [index, rule] of runner.rules.entries()) {
    const context = contexts[index] as RuleContext;
    rule.document?.(context);
    if (rule.resource) for (const resource of resources) rule.resource(resource, context);
  }
  if (runner.everyPlace.length === 0 && runner.byRole.size === 0) return found;
  for (const resource of resources) {
    walk(resource, (place) => {
      for (const [index, check] of runner.everyPlace) check(place, contexts[index] as RuleContext);
      const { role } = place.type;
      if (role) for (const [index, check] of runner.byRole.get(role) ?? []) check(place, contexts[index] as RuleContext);
    });
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
