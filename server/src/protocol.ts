/**
 * What netpol's server and client say to each other beyond LSP. Names and types only; the client imports nothing else
 * of the server.
 */

/** What a client may tell the server when it starts. */
export interface InitializationOptions {
  /** Where the client supports both: `push` publishes at once, `pull` waits to be asked. Without it, pull where supported. */
  readonly diagnostics?: 'push' | 'pull';
  /** A command of the client's that shows places: its arguments are a URI, a position and locations. Code lenses run it. */
  readonly showLocationsCommand?: string;
  /** A command of the client's that draws the traffic around the active file. Code lenses run it. */
  readonly showDiagramCommand?: string;
  /** The strings of the editor's language: the text of a `bundle.l10n.<language>.json`. English without it. */
  readonly translations?: string;
  /** Path of a folder of the client's in which a server on the same machine keeps what it learned of the workspace, for the next start. */
  readonly storage?: string;
  /** Settings for clients that do not answer `workspace/configuration`. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** Server → client, before all else: the server is a web worker, and its script has run. */
export const workerStarted = '$/netpol/workerStarted';
export interface WorkerStarted {
  readonly jsonrpc: '2.0';
  readonly method: typeof workerStarted;
  readonly params: {
    /** Name of a lock (`navigator.locks`) that the worker holds until it ends; undefined where there are none. */
    readonly lock?: string;
  };
}

/** Server → client, in a browser, where the server can read no files: URIs of the files of a folder that may be manifests, and of `.gitignore`s. */
export const findFilesRequest = 'netpol/files/find';
export interface FindFilesParams {
  readonly folder: string;
  /** Names of folders that are not looked into. */
  readonly skipped: readonly string[];
}
export type FindFilesResult = readonly string[];

/** Server → client: a file's text. */
export const readFileRequest = 'netpol/files/read';
export interface ReadFileParams {
  readonly uri: string;
  /** Bytes of the largest file that is read. */
  readonly most: number;
}
export interface ReadFileResult {
  /** Undefined where the file cannot be read. */
  readonly text?: string;
  readonly tooLarge?: boolean;
}

/** Client → server: policies that may be wanted next to a file: for workloads, default denies, DNS. */
export const newPoliciesRequest = 'netpol/newPolicies';
export interface NewPoliciesParams {
  readonly uri: string;
}
export type NewPoliciesResult = readonly NewPolicyOffer[];
export type NewPolicyPurpose = 'workload' | 'default-deny' | 'allow-dns';
export interface NewPolicyOffer {
  readonly purpose: NewPolicyPurpose;
  /** "policy for Deployment web" */
  readonly label: string;
  readonly detail: string;
  /** A sentence or two. */
  readonly documentation: string;
  /** A manifest in YAML, without a line's end behind it. */
  readonly text: string;
}

/** A place in a file, for people to go to. */
export interface NamedPlace {
  readonly name: string;
  readonly uri: string;
  /** As in LSP: from 0, in UTF-16 code units. */
  readonly line: number;
  readonly character: number;
}

/** Client → server: what a question about reaching may name, in the cluster view of a file. */
export const endsRequest = 'netpol/ends';
export interface EndsParams {
  readonly uri: string;
}
export type EndsResult = readonly End[];
export interface End {
  /** As a question names it: "shop/web", "svc/shop/web", "internet". Addresses may be named too. */
  readonly name: string;
  /** "Deployment, 2 pods" */
  readonly detail: string;
}

/** Client → server: whether one end may reach another, and why. */
export const reachRequest = 'netpol/reach';
export interface ReachParams {
  readonly uri: string;
  readonly from: string;
  readonly to: string;
  /** "8080", "53/udp"; empty: any port. */
  readonly port: string;
}
export interface ReachResult {
  /** Why the question has no answer; then there are no pairs. */
  readonly problem?: string;
  /** Each pod behind one name and each behind the other. */
  readonly pairs: readonly ReachPair[];
}
export interface ReachPair {
  /** "shop/web[Deployment] => shop/db[Deployment], TCP 5432" */
  readonly question: string;
  readonly allowed: boolean;
  readonly reasons: readonly { readonly side: 'egress' | 'ingress'; readonly text: string; readonly place?: NamedPlace }[];
}

/**
 * Client → server: the traffic of the cluster view of an open file, laid out. Null where there is nothing new to show: the
 * text does not parse, or is not open.
 */
export const diagramRequest = 'netpol/diagram';
export interface DiagramParams {
  readonly uri: string;
  readonly filter?: DiagramFilter;
  /** Namespaces to draw with what is in them, in a picture so large that others are drawn as one card. */
  readonly expanded?: readonly string[];
  /** A revision of git to compare with. */
  readonly compareWith?: string;
}
export interface DiagramFilter {
  readonly namespaces?: readonly string[];
  readonly protocol?: 'TCP' | 'UDP' | 'SCTP';
  readonly direction?: 'ingress' | 'egress';
  readonly withoutDns?: boolean;
  /** Only what the file itself adds. */
  readonly onlyFile?: boolean;
  /** The id of a card: it, and those that it exchanges flows with. */
  readonly around?: string;
}
export type DiagramResult = Diagram | null;
export interface Diagram {
  /** What it is a picture of. Holds names from manifests: text, never markup. */
  readonly title: string;
  /** Undefined where it cannot be drawn. */
  readonly picture?: DiagramPicture;
  /** Why it cannot be drawn, or how it differs from what was asked for; for people. */
  readonly reason?: string;
}

/** Pixels, the origin at the top left. All texts are plain, and may hold anything that a manifest holds. */
export interface DiagramPicture {
  readonly width: number;
  readonly height: number;
  readonly frames: readonly DiagramFrame[];
  readonly cards: readonly DiagramCard[];
  readonly arrows: readonly DiagramArrow[];
  /** Too many arrows for a label each. */
  readonly dense: boolean;
  /** Every namespace of the view, also those that the filter leaves out. */
  readonly namespaces: readonly string[];
}
export interface DiagramBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
export interface DiagramFrame extends DiagramBox {
  readonly name: string;
  /** "assumed · no default deny" */
  readonly note: string;
}
/** How a direction of a card is guarded. */
export type DiagramGate = 'open' | 'restricted' | 'denied';
export type DiagramChange = 'added' | 'removed' | 'changed';
export interface DiagramCard extends DiagramBox {
  /** The same in every version. */
  readonly id: string;
  readonly is: 'workload' | 'outside' | 'potential' | 'namespace';
  readonly kind: string;
  readonly name: string;
  readonly detail: string;
  readonly pods: string;
  readonly gates?: { readonly ingress: DiagramGate; readonly egress: DiagramGate };
  /** What it is, in words. */
  readonly says: string;
  /** What `netpol/reach` calls it; undefined where it cannot be asked for. */
  readonly end?: string;
  readonly place?: NamedPlace;
  /** What its containers listen on. */
  readonly ports?: readonly DiagramPort[];
  readonly change?: DiagramChange;
}
export interface DiagramPort {
  readonly protocol: string;
  readonly port: number;
  readonly name?: string;
}
export interface DiagramArrow {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** x and y of a start, then of three points for each cubic curve. */
  readonly path: readonly number[];
  /** "TCP 8080" */
  readonly label: string;
  /** The frame of the label. */
  readonly pill: DiagramBox;
  readonly is: 'allowed' | 'potential' | 'refused';
  readonly refusedAt?: 'from' | 'to';
  readonly says: string;
  /** The rules that allow it. */
  readonly places: readonly NamedPlace[];
  readonly change?: DiagramChange;
}

/** Client → server: a few sentences on a card of the picture. Empty for what needs none. */
export const diagramExplainRequest = 'netpol/diagram/explain';
export interface DiagramExplainParams {
  readonly uri: string;
  readonly id: string;
}

/** Client → server: ids of the cards that a place in a file is about. */
export const diagramFocusRequest = 'netpol/diagram/focus';
export interface DiagramFocusParams {
  readonly uri: string;
  readonly line: number;
  readonly character: number;
}

/** Client → server: edits that let a flow between two cards through, or take it away. */
export const diagramEditRequest = 'netpol/diagram/edit';
export interface DiagramEditParams {
  readonly uri: string;
  readonly from: string;
  readonly to: string;
  readonly change: 'allow' | 'remove';
  /** What to let through; everything where it is empty. */
  readonly ports: readonly DiagramPort[];
}
export interface DiagramEditResult {
  /** LSP's WorkspaceEdit, each edit of which asks to be confirmed: the client shows what changes first. */
  readonly edit?: object;
  /** What the edits do, a sentence each. */
  readonly says: readonly string[];
  /** Why there are no edits. */
  readonly problem?: string;
}

/** Client → server: names of revisions that a file can be compared with: branches and tags, those changed last first. Empty without git. */
export const diagramRevisionsRequest = 'netpol/diagram/revisions';
export interface DiagramRevisionsParams {
  readonly uri: string;
}
export type DiagramRevisionsResult = readonly string[];

/** Client → server: the picture in a format for others; a problem instead where that cannot be. */
export const diagramExportRequest = 'netpol/diagram/export';
export type DiagramFormat = 'svg' | 'mermaid' | 'dot' | 'md';
export interface DiagramExportParams extends DiagramParams {
  readonly format: DiagramFormat;
}
export interface DiagramExportResult {
  readonly text?: string;
  readonly problem?: string;
}

/** Server → client, whenever it changes: what the language status item shows. */
export const statusNotification = 'netpol/status';
export interface Status {
  readonly state: 'indexing' | 'ready';
  /** Manifest files that the server knows. */
  readonly files: number;
  /** Network policies in them. */
  readonly policies: number;
  /** The network plugin and why it is thought to be that one: "cilium: …". */
  readonly engine: string;
}
