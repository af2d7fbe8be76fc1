import { connectivityOf } from '../connectivity/connectivity.ts';
import { Observer } from '../connectivity/observer.ts';
import { mayHoldKnownKind, type Resource, resourcesOf } from '../kinds/resource.ts';
import { finished, type Steps } from '../model/steps.ts';
import { type DocumentText, PerDocument } from '../syntax/manifestText.ts';
import { isStructural } from '../syntax/syntaxProblem.ts';
import { overlaps } from '../syntax/textEdit.ts';
import type { Engine } from '../workspace/engine.ts';
import { sameUnknown, type Unknown } from '../workspace/unknown.ts';
import { type ClusterCidrs, emptyView, viewAlone, type WorkspaceView } from '../workspace/view.ts';
import { configResource } from './config.ts';
import { type IgnoreComment, ignoreComments } from './ignore.ts';
import { rules } from './registry.ts';
import type { Related, RelatedResource, Report, Rule, Severity } from './rule.ts';
import type { RuleSettings } from './ruleSettings.ts';
import { type RawFinding, type RuleFailed, Runner, run, runningInCluster } from './runner.ts';
import { suspicious, rule as suspiciousIgnore } from './suspicious-ignore.ts';

/** A report together with the rule that made it. */
export interface Finding extends Report {
  readonly rule: Rule;
  readonly severity: Severity;
  readonly related?: readonly Related[];
}

const placed = (related: Related | RelatedResource): Related => {
  if (!('origin' in related)) return related;
  const { file, shift, at } = related.origin;
  return { file, at: { start: shift + at.start, end: shift + at.end }, message: related.message };
};

/** A finding as it is shown, with where things now are. */
function shown(found: RawFinding, severity: Severity): Finding {
  const { related, ...rest } = found;
  return related ? { ...rest, severity, related: related.map(placed) } : { ...rest, severity };
}

/** What a document says of itself, whatever is around it: as long as its text is the same, so is that. */
interface Own {
  readonly resources: readonly Resource[];
  /** Whether the rules have anything to do with it. */
  readonly isManifest: boolean;
  readonly ignores: readonly IgnoreComment[];
  readonly found: readonly RawFinding[];
}

const cache = new PerDocument<Own>();

const documentRules = new Runner(rules.filter((rule) => rule.scope === undefined));
const ofConfigs = ['yaml-syntax', 'duplicate-key', 'unknown-field', 'wrong-type', 'invalid-value', 'invalid-cidr'];
const configRules = new Runner(rules.filter((rule) => ofConfigs.includes(rule.id)));

type Among = NonNullable<Rule['scope']> | 'cluster without workloads';
const runners = new Map<Among, Map<Engine | undefined, Runner>>();

/** The rules that look at other files and speak of an engine, those for all engines included. Made once. */
function runnerFor(among: Among, engine: Engine | undefined): Runner {
  const byEngine = runners.get(among) ?? new Map<Engine | undefined, Runner>();
  let runner = byEngine.get(engine);
  if (!runner) {
    const bare = among === 'cluster without workloads';
    runner = new Runner(
      rules.filter(
        ({ scope, engines, needsWorkloads }) =>
          scope === (bare ? 'cluster' : among) && !(bare && needsWorkloads) && (!engines || (engine !== undefined && engines.includes(engine))),
      ),
    );
    runners.set(among, byEngine.set(engine, runner));
  }
  return runner;
}

const rethrown: RuleFailed = (_, error) => {
  throw error;
};

/** What the rules of scope `cluster` found in a document, and under which circumstances. */
interface InCluster {
  readonly found: readonly RawFinding[];
  readonly view: WorkspaceView;
  readonly unknown: Unknown;
  readonly observer: Observer;
}

const sameCidrs = (a: ClusterCidrs, b: ClusterCidrs): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

const inCluster = new PerDocument<InCluster>();

/** What the rules that look at the cluster found before, as long as nothing that they looked at has changed. */
function foundBefore(document: DocumentText, view: WorkspaceView): readonly RawFinding[] | undefined {
  const before = inCluster.get(document);
  const isAsBefore =
    before?.view.file === view.file &&
    before.view.kind === view.kind &&
    sameUnknown(before.unknown, view.unknown) &&
    before.view.setsNamespace === view.setsNamespace &&
    before.view.engine === view.engine &&
    sameCidrs(before.view.clusterCidrs, view.clusterCidrs) &&
    before.observer.holdsFor(connectivityOf(view.cluster));
  return isAsBefore ? before.found : undefined;
}

/** A finding without the fixes that write another policy: a document beside an object that makes policies is none of its. */
const inPlace = (found: RawFinding): RawFinding => {
  const { fixes } = found;
  return fixes ? { ...found, fixes: () => fixes().filter(({ edits }) => !edits.some(({ newText }) => /^---/m.test(newText))) } : found;
};

function* clusterFindings(
  document: DocumentText,
  resources: readonly Resource[],
  view: WorkspaceView,
  failed: RuleFailed,
): Steps<readonly RawFinding[]> {
  const connectivity = connectivityOf(view.cluster);
  const among = connectivity.endpoints.length > 0 ? 'cluster' : 'cluster without workloads';
  const { unknown } = view;
  const applied = resources.filter(({ carrier }) => carrier === undefined);
  const around = yield* runningInCluster(runnerFor(among, view.engine), document, applied, view, failed);
  const found = [...around.found];
  const alone = runnerFor('cluster without workloads', view.engine);
  for (const resource of resources.filter(({ carrier }) => carrier !== undefined))
    found.push(...(yield* runningInCluster(alone, document, [resource], viewAlone(resource, view), failed)).found.map(inPlace));
  inCluster.set(document, { found, view, unknown, observer: around.observer ?? new Observer(connectivity) });
  return found;
}

/** An object whose kind was lost with what the parser could not read, or swallowed what comes behind it. */
const isGarbled = ({ kind }: Resource): boolean => kind === undefined || /\s/.test(kind);

/** Top-level `apiVersion` and a kind that netpol reads, in a text too broken for the parser to give a tree. */
const looksLikeManifest = (document: DocumentText): boolean =>
  mayHoldKnownKind(document.text) && document.parsed.problems.length > 0 && /^[ \t"'-]*apiVersion\b/m.test(document.text);

/**
 * What is found besides a text that does not hold together, without what is only found because of that: a field that the parser did not see,
 * one that swallowed others, and another word on the place of the mistake.
 */
function withoutEchoes(found: readonly RawFinding[], { text }: DocumentText): readonly RawFinding[] {
  const broken = found.filter(({ rule }) => rule.id === 'yaml-syntax');
  return found.filter(({ rule, at }) => {
    if (rule.id === 'yaml-syntax') return true;
    if (rule.id === 'missing-field' || (rule.id === 'unknown-field' && text.slice(at.start, at.end).includes('\n'))) return false;
    return rule.category !== 'api-server' || !broken.some((mistake) => overlaps(mistake.at, at));
  });
}

function ownOf(document: DocumentText, view: WorkspaceView, failed: RuleFailed): Own {
  let own = cache.get(document);
  if (!own) {
    const resources = resourcesOf(document);
    const isManifest = resources.some((resource) => resource.table) || (resources.every(isGarbled) && looksLikeManifest(document));
    const all = isManifest ? run(documentRules, document, resources, view, failed).found : [];
    const found = document.parsed.problems.some(isStructural) ? withoutEchoes(all, document) : all;
    own = { resources, isManifest, found, ignores: isManifest ? ignoreComments(document.text) : [] };
    cache.set(document, own);
  }
  return own;
}

/** Ids of an ignore comment that silence nothing: of no rule, or of one that would have found nothing here. */
function vain(ignore: IgnoreComment, silenced: ReadonlySet<string>): readonly string[] {
  return ignore.ids.filter((id) => {
    const rule = rules.find((candidate) => candidate.id === id);
    // What needs other files may only have nothing to compare with.
    return rule ? rule.scope === undefined && !rule.engines && !silenced.has(id) : true;
  });
}

/** Rules that a part of a resource breaks which is right as a whole. */
const ofWholes = new Set(['missing-field', 'exactly-one-field']);

/** Whether something is wrong with a patch by itself: what it holds is a part of something, and directives (`$patch`) are no fields of it. */
const isWrongInPatch = ({ rule, at }: RawFinding, { text }: DocumentText): boolean =>
  rule.category === 'api-server' && !ofWholes.has(rule.id) && !(rule.id === 'unknown-field' && /^["']?\$/.test(text.slice(at.start, at.start + 2)));

/** Runs rules ahead of `checkDocument`, in steps: what they find is kept, so that the two together take no longer. */
export function* checking(document: DocumentText, view: WorkspaceView, failed: RuleFailed): Steps<void> {
  const { isManifest, resources } = ownOf(document, view, failed);
  yield;
  if (isManifest && !view.isPatch && !foundBefore(document, view)) yield* clusterFindings(document, resources, view, failed);
}

/**
 * Runs the rules on one document. Nothing is found in a document that is no manifest of a kind that netpol reads.
 * Ranges are offsets in the document's text; the order is that of the text. A rule that throws is told to `failed`, and the
 * others go on; without `failed` it throws.
 */
export function checkDocument(
  document: DocumentText,
  view: WorkspaceView,
  settings: RuleSettings = {},
  failed: RuleFailed = rethrown,
): readonly Finding[] {
  const own = ownOf(document, view, failed);
  if (!own.isManifest) return [];
  const { resources, ignores } = own;
  const ofText = view.isPatch ? own.found.filter((found) => isWrongInPatch(found, document)) : own.found;
  const others = view.isPatch ? [] : run(runnerFor('workspace', view.engine), document, resources, view, failed).found;
  const ofCluster = view.isPatch ? [] : (foundBefore(document, view) ?? finished(clusterFindings(document, resources, view, failed)));
  if (ofText.length + others.length + ofCluster.length + ignores.length === 0) return [];
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
  const raw = [...ofText, ...others, ...ofCluster].filter((found) => !isSilenced(found));
  for (const [i, ignore] of ignores.entries()) {
    for (const id of view.isPatch ? [] : vain(ignore, silenced[i] as ReadonlySet<string>))
      raw.push({ ...suspicious(ignore, id, document.text), rule: suspiciousIgnore });
  }
  return raw
    .flatMap((found) => {
      const severity = settings[found.rule.id] ?? settings[found.rule.category] ?? found.severity ?? found.rule.severity;
      return severity === 'off' ? [] : [shown(found, severity)];
    })
    .sort((a, b) => a.at.start - b.at.start || a.at.end - b.at.end);
}

/** Runs on a `.netpol.yaml` the rules that look at syntax, fields and values. */
export function checkConfig(document: DocumentText, failed: RuleFailed = rethrown): readonly Finding[] {
  const resource = configResource(document);
  return run(configRules, document, resource ? [resource] : [], emptyView, failed)
    .found.map((found) => shown(found, found.severity ?? found.rule.severity))
    .sort((a, b) => a.at.start - b.at.start || a.at.end - b.at.end);
}
