import { connectivityOf } from '../connectivity/connectivity.ts';
import { Observer } from '../connectivity/observer.ts';
import type { Role } from '../kinds/fieldTypes.ts';
import { mayHoldKnownKind, type Resource, resourcesOf } from '../kinds/resource.ts';
import { type Place, walk } from '../kinds/walk.ts';
import type { DocumentText } from '../syntax/manifestText.ts';
import { type ClusterCidrs, emptyView, type WorkspaceView } from '../workspace/view.ts';
import { configResource } from './config.ts';
import { type IgnoreComment, ignoreComments } from './ignore.ts';
import { policyInView } from './inView.ts';
import { rules } from './registry.ts';
import type { Report, Rule, RuleContext, Severity } from './rule.ts';
import type { RuleSettings } from './ruleSettings.ts';
import { suspicious, rule as suspiciousIgnore } from './suspicious-ignore.ts';

/** A report together with the rule that made it. */
export interface Finding extends Report {
  readonly rule: Rule;
  readonly severity: Severity;
}

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

const documentRules = runnerOf(rules.filter((rule) => rule.scope === undefined));
const workspaceRules = runnerOf(rules.filter((rule) => rule.scope === 'workspace'));
const ofConfigs = ['yaml-syntax', 'duplicate-key', 'unknown-field', 'wrong-type', 'invalid-value', 'invalid-cidr'];
const configRules = runnerOf(rules.filter((rule) => ofConfigs.includes(rule.id)));
const clusterRules = runnerOf(rules.filter((rule) => rule.scope === 'cluster'));

/** Raw findings, and what was asked of other policies to find them. */
interface Outcome {
  readonly found: readonly RawFinding[];
  readonly observer: Observer | undefined;
}

function run(runner: Runner, document: DocumentText, resources: readonly Resource[], view: WorkspaceView): Outcome {
  const found: RawFinding[] = [];
  let observer: Observer | undefined;
  const observe = (): Observer => {
    observer ??= new Observer(connectivityOf(view.cluster));
    return observer;
  };
  const contexts = runner.rules.map(
    (rule): RuleContext => ({
      document,
      text: document.text,
      view,
      get observer() {
        return observe();
      },
      report: (report) => found.push({ ...report, rule }),
    }),
  );
  const applies = (rule: Rule): boolean => !rule.engines || (view.engine !== undefined && rule.engines.includes(view.engine));
  const active = runner.rules.map(applies);
  const policies = runner === clusterRules ? resources.flatMap((resource) => policyInView(resource, view, observe()) ?? []) : [];
  for (const [index, rule] of runner.rules.entries()) {
    if (!active[index]) continue;
    const context = contexts[index] as RuleContext;
    rule.document?.(context);
    if (rule.resource) for (const resource of resources) rule.resource(resource, context);
    if (rule.policy) for (const policy of policies) rule.policy(policy, context);
  }
  if (runner.everyPlace.length === 0 && runner.byRole.size === 0) return { found, observer };
  for (const resource of resources) {
    walk(resource, (place) => {
      for (const [index, check] of runner.everyPlace) if (active[index]) check(place, contexts[index] as RuleContext);
      const { role } = place.type;
      if (role) for (const [index, check] of runner.byRole.get(role) ?? []) if (active[index]) check(place, contexts[index] as RuleContext);
    });
  }
  return { found, observer };
}

/** What the rules of scope `cluster` found in a document, and under which circumstances. */
interface InCluster {
  readonly found: readonly RawFinding[];
  readonly view: WorkspaceView;
  readonly observer: Observer;
}

const sameCidrs = (a: ClusterCidrs, b: ClusterCidrs): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

const inCluster = new WeakMap<DocumentText, InCluster>();

/** Findings of the rules that look at the cluster: as before, as long as nothing that they looked at has changed. */
function clusterFindings(document: DocumentText, resources: readonly Resource[], view: WorkspaceView): readonly RawFinding[] {
  const connectivity = connectivityOf(view.cluster);
  const before = inCluster.get(document);
  if (
    before?.view.file === view.file &&
    before.view.kind === view.kind &&
    before.view.setsNamespace === view.setsNamespace &&
    before.view.engine === view.engine &&
    sameCidrs(before.view.clusterCidrs, view.clusterCidrs) &&
    before.observer.holdsFor(connectivity)
  )
    return before.found;
  const { found, observer = new Observer(connectivity) } = run(clusterRules, document, resources, view);
  inCluster.set(document, { found, view, observer });
  return found;
}

/** Top-level `apiVersion` and a kind that netpol reads, in a text too broken for the parser to give a tree. */
const looksLikeManifest = (document: DocumentText): boolean =>
  mayHoldKnownKind(document.text) && document.parsed.problems.length > 0 && /^["']?\s*apiVersion["']?\s*:/m.test(document.text);

/** Ids of an ignore comment that silence nothing: of no rule, or of one that would have found nothing here. */
function vain(ignore: IgnoreComment, silenced: ReadonlySet<string>): readonly string[] {
  return ignore.ids.filter((id) => {
    const rule = rules.find((candidate) => candidate.id === id);
    // What needs other files may only have nothing to compare with.
    return rule ? rule.scope === undefined && !rule.engines && !silenced.has(id) : true;
  });
}

/**
 * Runs the rules on one document. Nothing is found in a document that is no manifest of a kind that netpol reads.
 * Ranges are offsets in the document's text; the order is that of the text.
 */
export function checkDocument(document: DocumentText, view: WorkspaceView, settings: RuleSettings = {}): readonly Finding[] {
  const resources = resourcesOf(document);
  if (!resources.some((resource) => resource.table) && !(resources.length === 0 && looksLikeManifest(document))) return [];
  let own = cache.get(document);
  if (!own) {
    own = run(documentRules, document, resources, view).found;
    cache.set(document, own);
  }
  const others = run(workspaceRules, document, resources, view).found;
  const ofCluster = clusterFindings(document, resources, view);
  const ignores = ignoreComments(document.text);
  if (own.length + others.length + ofCluster.length + ignores.length === 0) return [];
  const silenced = ignores.map(() => new Set<string>());
  const isSilenced = ({ rule, at }: RawFinding) => {
    let found = false;
    for (const [i, ignore] of ignores.entries()) {
      if (!ignore.ids.includes(rule.id) || at.start < ignore.from || at.start >= ignore.to) continue;
      silenced[i]?.add(rule.id);
      found = true;
    }
    return found;
  };
  const raw = [...own, ...others, ...ofCluster].filter((found) => !isSilenced(found));
  for (const [i, ignore] of ignores.entries()) {
    for (const id of vain(ignore, silenced[i] as ReadonlySet<string>)) raw.push({ ...suspicious(ignore, id, document.text), rule: suspiciousIgnore });
  }
  return raw
    .flatMap((found) => {
      const severity = settings[found.rule.id] ?? settings[found.rule.category] ?? found.severity ?? found.rule.severity;
      return severity === 'off' ? [] : [{ ...found, severity }];
    })
    .sort((a, b) => a.at.start - b.at.start || a.at.end - b.at.end);
}

/** Runs on a `.netpol.yaml` the rules that look at syntax, fields and values. */
export function checkConfig(document: DocumentText): readonly Finding[] {
  const resource = configResource(document);
  return run(configRules, document, resource ? [resource] : [], emptyView)
    .found.map((found) => ({ ...found, severity: found.severity ?? found.rule.severity }))
    .sort((a, b) => a.at.start - b.at.start || a.at.end - b.at.end);
}
