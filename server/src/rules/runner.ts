import { connectivityOf } from '../connectivity/connectivity.ts';
import { Observer } from '../connectivity/observer.ts';
import { asPatched } from '../explain/inCluster.ts';
import type { FieldType, KindTable } from '../kinds/fieldTypes.ts';
import { apiOf } from '../kinds/readPolicy.ts';
import type { Resource } from '../kinds/resource.ts';
import { type Place, walk } from '../kinds/walk.ts';
import type { Steps } from '../model/steps.ts';
import { changesElsewhere, keepAnchors } from '../syntax/anchors.ts';
import { isJsonText } from '../syntax/edits.ts';
import { jsonEdits } from '../syntax/jsonEdits.ts';
import type { DocumentText } from '../syntax/manifestText.ts';
import type { Range } from '../syntax/node.ts';
import { keepsTemplate } from '../syntax/templateEdits.ts';
import type { WorkspaceView } from '../workspace/view.ts';
import { type PolicyInView, policyInView } from './inView.ts';
import type { Fix, Report, Rule, RuleContext } from './rule.ts';

/** A report together with the rule that made it, its places as they were when it was made. */
export interface RawFinding extends Report {
  readonly rule: Rule;
}

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
export class Runner {
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

  /** The checks of a resource as a whole; of a kind that has no table all. */
  checksOfResource({ table }: Resource): readonly Check<Resource>[] {
    return table ? this.of(table).resources : this.ofResources;
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

/** Raw findings, and what was asked of other policies to find them. */
export interface Outcome {
  readonly found: readonly RawFinding[];
  readonly observer: Observer | undefined;
}

/** Hears of a rule that threw: a mistake of netpol, which takes nothing else down. */
export type RuleFailed = (id: string, error: unknown) => void;

/**
 * Rules write YAML: in a JSON document its words get quotes, elsewhere no alias loses its anchor. A fix that cannot be written is none, nor
 * one that a template does not bear, nor one that narrows what is good as it is, and with it some other place that an alias makes the same.
 */
const written = (fixes: readonly Fix[], document: DocumentText, { category }: Rule, at: Range): readonly Fix[] =>
  fixes.flatMap((fix) => {
    if (category === 'posture' && changesElsewhere(document, fix.edits)) return [];
    const { gaps } = document.parsed;
    if (gaps && !fix.edits.every((edit) => keepsTemplate(document.text, gaps, edit, at.start))) return [];
    const edits = isJsonText(document.text) ? jsonEdits(document.text, fix.edits) : keepAnchors(document, fix.edits);
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

  /** What is looked at is not what stands in the document, but what patches make of it. */
  ofPatched = false;

  // Rules take it out of their context.
  readonly report = (report: Report): void => {
    const rule = this.rule as Rule;
    const { fixes, ...rest } = report;
    if (this.ofPatched) this.found.push({ ...rest, message: `${report.message} ${asPatched}`, rule });
    else this.found.push(fixes ? { ...report, rule, fixes: () => written(fixes(), this.document, rule, report.at) } : { ...report, rule });
  };

  run<Subject>(checks: readonly Check<Subject>[], subject: Subject): void {
    for (const check of checks) this.runOne(check, subject);
  }

  runOne<Subject>({ rule, look }: Check<Subject>, subject: Subject): void {
    this.rule = rule;
    try {
      look(subject, this);
    } catch (error) {
      this.failed(rule.id, error);
    }
  }

  /** A resource and its places. */
  over(resource: Resource, runner: Runner): void {
    this.run(runner.checksOfResource(resource), resource);
    this.overPlaces(resource, runner);
  }

  /** The same with each check of the resource as a step where it may take long: of policies of a whole cluster. */
  *steppingOver(resource: Resource, runner: Runner): Steps<void> {
    const api = apiOf(resource);
    if (!api || api === 'kubernetes') return this.over(resource, runner);
    for (const check of runner.checksOfResource(resource)) {
      this.runOne(check, resource);
      yield;
    }
    this.overPlaces(resource, runner);
  }

  private overPlaces(resource: Resource, runner: Runner): void {
    // Of a kind that has no table no place is known.
    if (resource.table && runner.of(resource.table).looksAtPlaces) walk(resource, (place) => this.run(runner.checksOf(place.type), place));
  }
}

/** Runs the rules that look at a document, its resources and their places. A rule that throws is told to `failed`, and the others go on. */
export function run(runner: Runner, document: DocumentText, resources: readonly Resource[], view: WorkspaceView, failed: RuleFailed): Outcome {
  const pass = new Pass(document, view, failed);
  pass.run(runner.documents, document);
  for (const resource of resources) pass.over(resource, runner);
  return pass.outcome;
}

/** The same with the rules that look at the policies around, each of them a step: in a large cluster they take long. */
export function* runningInCluster(
  runner: Runner,
  document: DocumentText,
  resources: readonly Resource[],
  view: WorkspaceView,
  failed: RuleFailed,
): Steps<Outcome> {
  const pass = new Pass(document, view, failed);
  pass.run(runner.documents, document);
  for (const resource of resources) {
    const reading = view.readingOf(resource);
    pass.ofPatched = reading?.patched !== undefined && reading.policy !== undefined;
    // Rules that go by the tree would take what stands in the document for what is applied.
    if (!pass.ofPatched) yield* pass.steppingOver(resource, runner);
    yield;
    const policy = policyInView(resource, view, pass.observer);
    if (!policy) continue;
    for (const check of runner.policies) {
      pass.runOne(check, policy);
      yield;
    }
  }
  return pass.outcome;
}
