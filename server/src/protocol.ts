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
  /** Settings for clients that do not answer `workspace/configuration`. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** Server → client, in a browser, where the server can read no files: URIs of the files of a folder that may be manifests. */
export const findFilesRequest = 'netpol/files/find';
export interface FindFilesParams {
  readonly folder: string;
}
export type FindFilesResult = readonly string[];

/** Server → client: a file's text, null where it cannot be read. */
export const readFileRequest = 'netpol/files/read';
export interface ReadFileParams {
  readonly uri: string;
}
export type ReadFileResult = string | null;

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

/** Client → server: the traffic of the cluster view of an open file, drawn. Null where there is nothing new to show: the text does not parse, or is not open. */
export const diagramRequest = 'netpol/diagram';
export interface DiagramParams {
  readonly uri: string;
}
export type DiagramResult = Diagram | null;
export interface Diagram {
  /** What it is a picture of. Holds names from manifests: text, never markup. */
  readonly title: string;
  /** An SVG image that stands alone; undefined where it cannot be drawn. */
  readonly svg?: string;
  /** Why it cannot be drawn, for people. */
  readonly reason?: string;
  /** What of the picture can be pointed at. */
  readonly spots?: readonly DiagramSpot[];
}
export interface DiagramSpot {
  /** In the image's own pixels, the origin at the top left. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** What it is, in words. */
  readonly says: string;
  /** Where it comes from: the manifest of a workload, the rules that allow a flow. */
  readonly places: readonly NamedPlace[];
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
