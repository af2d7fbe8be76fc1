import { connectivityOf } from '../connectivity/connectivity.ts';
import { Observer } from '../connectivity/observer.ts';
import type { FieldType, KindTable } from '../kinds/fieldTypes.ts';
import { apiOf } from '../kinds/readPolicy.ts';
import { mayHoldKnownKind, type Resource, resourcesOf } from '../kinds/resource.ts';
import { type Place, walk } from '../kinds/walk.ts';
import { finished, type Steps } from '../model/steps.ts';
import { isJsonText } from '../syntax/edits.ts';
import { jsonEdits } from '../syntax/jsonEdits.ts';
import { type DocumentText, PerDocument } from '../syntax/manifestText.ts';
import type { Engine } from '../workspace/engine.ts';
import { type ClusterCidrs, emptyView, type WorkspaceView } from '../workspace/view.ts';
import { configResource } from './config.ts';
import { type IgnoreComment, ignoreComments } from './ignore.ts';
import { type PolicyInView, policyInView } from './inView.ts';
import { rules } from './registry.ts';
import type { Fix, Related, RelatedResource, Report, Rule, RuleContext, Severity } from './rule.ts';
import type { RuleSettings } from './ruleSettings.ts';
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

interface RawFinding extends Report {
  readonly rule: Rule;
}

const cache = new PerDocument<Own>();

/** One of a rule's checks. */
interface Check<Subject> {
  readonly rule: Rule;
  readonly look: (subject: Subject, context: RuleContext) => void;
}

/** Every type that a kind's table holds, each once. */
function typesIn(table: KindTable): readonly FieldType[] {
  const found = new Set<FieldType>();
  const visit = (type: FieldType) => {
    if (found.has(type)) return;
    found.add(type);
    if (type.is === 'object') for (const field of Object.values(type.fields)) visit(field.type);
    else if (type.is === 'list' || type.is === 'map') visit(type.of);
  };
  visit(table.type);
  return [...found];
}

/** Rules made ready to run together: each place is visited once, and only the checks that its type concerns are called. */
class Runner {
  readonly documents: readonly Check<DocumentText>[];
  private readonly ofResources: readonly Check<Resource>[];
  readonly policies: readonly Check<PolicyInView>[];
  private readonly ofPlaces: readonly Rule[];
  private readonly byType = new Map<FieldType, readonly Check<Place>[]>();

  constructor(selected: readonly Rule[]) {
    this.documents = selected.flatMap((rule) => (rule.document ? [{ rule, look: (_, context) => rule.document?.(context) }] : []));
    this.ofResources = selected.flatMap((rule) => (rule.resource ? [{ rule, look: rule.resource }] : []));
    this.policies = selected.flatMap((rule) => (rule.policy ? [{ rule, look: rule.policy }] : []));
    this.ofPlaces = selected.filter((rule) => rule.everyPlace || rule.places);
  }

  private readonly byTable = new Map<KindTable, { readonly resources: readonly Check<Resource>[]; readonly looksAtPlaces: boolean }>();

  /** What there is to do with resources of a kind: most rules that look at other files have nothing to say of most kinds. */
  of(table: KindTable): { readonly resources: readonly Check<Resource>[]; readonly looksAtPlaces: boolean } {
    let found = this.byTable.get(table);
    if (!found) {
      const api = apiOf({ table });
      const concerns = ({ rule }: { readonly rule: Rule }) => !rule.apis || (api !== undefined && rule.apis.includes(api));
      found = {
        resources: this.ofResources.filter(concerns),
        looksAtPlaces: this.ofPlaces.length > 0 && typesIn(table).some((type) => this.checksOf(type).some(concerns)),
      };
      this.byTable.set(table, found);
    }
    return found;
  }

  /** The same of a kind that has no table: nothing is known of its places. */
  get ofAny(): { readonly resources: readonly Check<Resource>[]; readonly looksAtPlaces: boolean } {
    return { resources: this.ofResources, looksAtPlaces: this.ofPlaces.length > 0 };
  }

  /** The checks for places of a type. Types are few and live as long as the tables. */
  checksOf(type: FieldType): readonly Check<Place>[] {
    let checks = this.byType.get(type);
    if (!checks) {
      checks = this.ofPlaces.flatMap((rule) => {
        const { everyPlace, concerns, places } = rule;
        const ofRole = type.role && places?.[type.role];
        const general = everyPlace && (!concerns || concerns(type)) ? [{ rule, look: everyPlace }] : [];
        return ofRole ? [...general, { rule, look: ofRole }] : general;
      });
      this.byType.set(type, checks);
    }
    return checks;
  }
}

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

/** Raw findings, and what was asked of other policies to find them. */
interface Outcome {
  readonly found: readonly RawFinding[];
  readonly observer: Observer | undefined;
}

/** Hears of a rule that threw: a mistake of netpol, which takes nothing else down. */
export type RuleFailed = (id: string, error: unknown) => void;

const rethrown: RuleFailed = (_, error) => {
  throw error;
};

/** Rules write YAML: in a JSON document its words get quotes. A fix that cannot be written there is none. */
const inJson = (fixes: readonly Fix[], text: string): readonly Fix[] =>
  fixes.flatMap((fix) => {
    const edits = jsonEdits(text, fix.edits);
    return edits.length === 0 && fix.edits.length > 0 ? [] : [{ ...fix, edits }];
  });

/** One pass of rules over a document: what each of them gets to see. */
class Pass implements RuleContext {
  readonly document: DocumentText;
  readonly view: WorkspaceView;
  readonly found: RawFinding[] = [];
  /** The rule at work. */
  private rule: Rule | undefined;
  private seen: Observer | undefined;

  private readonly failed: RuleFailed;

  constructor(document: DocumentText, view: WorkspaceView, failed: RuleFailed) {
    this.document = document;
    this.view = view;
    this.failed = failed;
  }

  get text(): string {
    return this.document.text;
  }

  get observer(): Observer {
    this.seen ??= new Observer(connectivityOf(this.view.cluster));
    return this.seen;
  }

  get outcome(): Outcome {
    return { found: this.found, observer: this.seen };
  }

  // Rules take it out of their context.
  readonly report = (report: Report): void => {
    const rule = this.rule as Rule;
    const { fixes } = report;
    this.found.push(fixes && isJsonText(this.text) ? { ...report, rule, fixes: () => inJson(fixes(), this.text) } : { ...report, rule });
  };

  run<Subject>(checks: readonly Check<Subject>[], subject: Subject): void {
    for (const { rule, look } of checks) {
      this.rule = rule;
      try {
        look(subject, this);
      } catch (error) {
        this.failed(rule.id, error);
      }
    }
  }

  /** A resource and its places. */
  over(resource: Resource, runner: Runner): void {
    const { resources: checks, looksAtPlaces } = resource.table ? runner.of(resource.table) : runner.ofAny;
    this.run(checks, resource);
    if (looksAtPlaces) walk(resource, (place) => this.run(runner.checksOf(place.type), place));
  }
}

function run(runner: Runner, document: DocumentText, resources: readonly Resource[], view: WorkspaceView, failed: RuleFailed): Outcome {
  const pass = new Pass(document, view, failed);
  pass.run(runner.documents, document);
  for (const resource of resources) pass.over(resource, runner);
  return pass.outcome;
}

/** The same with the rules that look at the policies around, each of them a step: in a large cluster they take long. */
function* runningInCluster(
  runner: Runner,
  document: DocumentText,
  resources: readonly Resource[],
  view: WorkspaceView,
  failed: RuleFailed,
): Steps<Outcome> {
  const pass = new Pass(document, view, failed);
  pass.run(runner.documents, document);
  for (const resource of resources) {
    pass.over(resource, runner);
    yield;
    const policy = policyInView(resource, view, pass.observer);
    if (!policy) continue;
    for (const check of runner.policies) {
      pass.run([check], policy);
      yield;
    }
  }
  return pass.outcome;
}

/** What the rules of scope `cluster` found in a document, and under which circumstances. */
interface InCluster {
  readonly found: readonly RawFinding[];
  readonly view: WorkspaceView;
  readonly partial: boolean;
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
    before.partial === view.partial &&
    before.view.setsNamespace === view.setsNamespace &&
    before.view.engine === view.engine &&
    sameCidrs(before.view.clusterCidrs, view.clusterCidrs) &&
    before.observer.holdsFor(connectivityOf(view.cluster));
  return isAsBefore ? before.found : undefined;
}

function* clusterFindings(
  document: DocumentText,
  resources: readonly Resource[],
  view: WorkspaceView,
  failed: RuleFailed,
): Steps<readonly RawFinding[]> {
  const connectivity = connectivityOf(view.cluster);
  const among = connectivity.endpoints.length > 0 ? 'cluster' : 'cluster without workloads';
  const { partial } = view;
  const { found, observer = new Observer(connectivity) } = yield* runningInCluster(runnerFor(among, view.engine), document, resources, view, failed);
  inCluster.set(document, { found, view, partial, observer });
  return found;
}

/** Top-level `apiVersion` and a kind that netpol reads, in a text too broken for the parser to give a tree. */
const looksLikeManifest = (document: DocumentText): boolean =>
  mayHoldKnownKind(document.text) && document.parsed.problems.length > 0 && /^["']?[ \t]*apiVersion["']?[ \t]*:/m.test(document.text);

function ownOf(document: DocumentText, view: WorkspaceView, failed: RuleFailed): Own {
  let own = cache.get(document);
  if (!own) {
    const resources = resourcesOf(document);
    const isManifest = resources.some((resource) => resource.table) || (resources.length === 0 && looksLikeManifest(document));
    const found = isManifest ? run(documentRules, document, resources, view, failed).found : [];
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

/** Runs rules ahead of `checkDocument`, in steps: what they find is kept, so that the two together take no longer. */
export function* checking(document: DocumentText, view: WorkspaceView, failed: RuleFailed): Steps<void> {
  const { isManifest, resources } = ownOf(document, view, failed);
  yield;
  if (isManifest && !foundBefore(document, view)) yield* clusterFindings(document, resources, view, failed);
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
  const others = run(runnerFor('workspace', view.engine), document, resources, view, failed).found;
  const ofCluster = foundBefore(document, view) ?? finished(clusterFindings(document, resources, view, failed));
  if (own.found.length + others.length + ofCluster.length + ignores.length === 0) return [];
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
  const raw = [...own.found, ...others, ...ofCluster].filter((found) => !isSilenced(found));
  for (const [i, ignore] of ignores.entries()) {
    for (const id of vain(ignore, silenced[i] as ReadonlySet<string>)) raw.push({ ...suspicious(ignore, id, document.text), rule: suspiciousIgnore });
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
