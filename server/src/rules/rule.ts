import type { Observer } from '../connectivity/observer.ts';
import type { FieldType, Role } from '../kinds/fieldTypes.ts';
import type { Api } from '../kinds/readPolicy.ts';
import type { Resource } from '../kinds/resource.ts';
import type { Place } from '../kinds/walk.ts';
import type { Origin } from '../model/cluster.ts';
import type { DocumentText } from '../syntax/manifestText.ts';
import type { Range } from '../syntax/node.ts';
import type { TextEdit } from '../syntax/textEdit.ts';
import type { Engine } from '../workspace/engine.ts';
import type { ClusterCidrs, WorkspaceView } from '../workspace/view.ts';
import type { PolicyInView } from './inView.ts';

export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** Sections of the catalogue: the API server rejects it; accepted but misleading; posture; network plugin. */
export type Category = 'api-server' | 'meaning' | 'posture' | 'engine';

/** Edits of another file: offsets in that file. */
export interface FileEdits {
  readonly file: string;
  readonly edits: readonly TextEdit[];
}

/** A quick fix: edits of the finding's document, or of other files. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
  readonly elsewhere?: readonly FileEdits[];
  /** It is what the author meant beyond doubt: preferred, and part of fix-all. */
  readonly certain?: boolean;
}

/** Another place that a finding speaks of. */
export interface Related {
  readonly file: string;
  /** Offsets in that file. */
  readonly at: Range;
  readonly message: string;
}

/** A resource that a finding speaks of. Where it stands is looked up when the finding is shown: it moves with the text before it. */
export interface RelatedResource {
  readonly origin: Origin;
  readonly message: string;
}

export interface Report {
  /** Offsets in the document. */
  readonly at: Range;
  /** One sentence: what is wrong, where, what would be right. */
  readonly message: string;
  /** Asked for only when a menu opens. */
  readonly fixes?: () => readonly Fix[];
  readonly tag?: 'unnecessary' | 'deprecated';
  readonly related?: readonly (Related | RelatedResource)[];
  /** In place of the rule's own, where less is known than the rule mostly knows, or worse becomes of it. */
  readonly severity?: Severity;
}

export interface RuleContext {
  readonly document: DocumentText;
  /** The document's text: what offsets and edits refer to. */
  readonly text: string;
  readonly view: WorkspaceView;
  /** Who may reach whom in the view's cluster; remembers what a finding depends on. */
  readonly observer: Observer;
  report(report: Report): void;
}

/**
 * One diagnostic. A rule is a pure function of a document and, with `scope: 'workspace'`, of a read-only view of the
 * other files. It hangs its checks on documents, resources, or on places of a role; `everyPlace` is for rules about shape.
 */
export interface Rule {
  readonly id: string;
  readonly severity: Severity;
  readonly category: Category;
  /** What it flags, as a clause for tables. */
  readonly summary: string;
  /**
   * Needs other files. `workspace`: looked at anew each time. `cluster`: only when workloads, namespaces or Services have
   * changed, or policies that it learned of by the observer.
   */
  readonly scope?: 'workspace' | 'cluster';
  /** It has nothing to say of policies where the view holds no workload; with scope `cluster`. */
  readonly needsWorkloads?: true;
  /** It speaks of these network plugins alone. */
  readonly engines?: readonly Engine[];
  /** It is about policy kinds of these APIs alone. */
  readonly apis?: readonly Api[];
  readonly document?: (context: RuleContext) => void;
  readonly resource?: (resource: Resource, context: RuleContext) => void;
  /** Each NetworkPolicy among the others of its cluster view; with scope `cluster`. */
  readonly policy?: (policy: PolicyInView, context: RuleContext) => void;
  readonly everyPlace?: (place: Place, context: RuleContext) => void;
  /** The types of which `everyPlace` sees the places; without it all. Asked once a type. */
  readonly concerns?: (type: FieldType) => boolean;
  readonly places?: Partial<Record<Role, (place: Place, context: RuleContext) => void>>;
}

/** An example of a rule's page, and a test: carets under the flagged text, `^^^ message part`; `fixed` is the text after the first fix. */
export interface Example {
  readonly bad: string;
  readonly fixed?: string;
  /** Settings under which it is one. */
  readonly engine?: Engine;
  readonly clusterCidrs?: Partial<ClusterCidrs>;
  /** Other files of its folder, by name. */
  readonly beside?: Readonly<Record<string, string>>;
}

/** The documentation of a rule. Markdown, without the headings. */
export interface RulePage {
  readonly why: string;
  readonly fix: string;
  readonly ignore: string;
  /** Repository and path, or URL, of the fact. */
  readonly source: string;
  readonly examples: readonly Example[];
  /** Text that must raise nothing. */
  readonly good: readonly string[];
}
