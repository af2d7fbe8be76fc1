import { isOperated, mayBeOperated } from '../kinds/operated.ts';
import type { DocumentText, ManifestText } from '../syntax/manifestText.ts';
import { isMap, itemsOf, type Node, resolve, valueAt } from '../syntax/node.ts';
import { stringOf } from '../syntax/scalar.ts';
import { applicationOf, type Delivery, deliveriesOf, mostText } from './deliveries.ts';
import type { Spot } from './unknown.ts';

const release = /^["']?kind["']?:[ \t]*["']?(HelmRelease|HelmChart|HelmChartConfig)["']?[ \t]*$/m;
const application = /^["']?kind["']?:[ \t]*["']?(Application|ApplicationSet)["']?[ \t]*$/m;

/** Whether a text holds a Helm release, which makes resources that no manifest holds. Sources: fluxcd/helm-controller, k3s-io/helm-controller. */
export const holdsRelease = (text: string): boolean =>
  // Asked with every change of a large file: the word is found several times sooner than the lines.
  text.includes('Helm') && release.test(text);

/** The same of what else has resources made. Source: argoproj/argo-cd. */
const holdsApplication = (text: string): boolean => text.includes('Application') && application.test(text);

/** Resources that something has made, and that no manifest need hold. */
export interface Making {
  /** Where they land. */
  readonly namespace: Spot;
  /** They land where the object itself does, which a kustomization may change. */
  readonly follows?: true;
  /** They are what stands in a folder of the repository: nothing more where the workspace holds that. */
  readonly delivery?: Delivery;
  /** Each of the folders of that delivery lands in a namespace of its own. */
  readonly isByFolder?: true;
}

const anywhere: Making = { namespace: undefined };

/** A namespace as it is written; undefined where a template writes it. */
const namespaceAt = (node: Node | undefined): Spot => stringOf(node) || undefined;

/** What the sources of an Application bring: a chart lands in the destination, what is in a folder too, unless it is other Applications. */
function byApplication(document: DocumentText, root: Node): readonly Making[] {
  const spec = applicationOf(root);
  if (!spec) return [anywhere];
  const own = namespaceAt(valueAt(root, 'metadata', 'namespace'));
  const written = valueAt(spec, 'destination', 'namespace');
  const namespace = namespaceAt(written);
  const isByFolder = written !== undefined && namespace === undefined;
  const sources = [...itemsOf(valueAt(spec, 'sources')), valueAt(spec, 'source')].filter(isMap);
  const charts = sources.filter((source) => valueAt(source, 'chart') !== undefined).map(() => ({ namespace }));
  const folders = deliveriesOf(document).map((delivery) => ({
    namespace: namespace === own ? undefined : namespace,
    delivery,
    ...(isByFolder ? ({ isByFolder } as const) : {}),
  }));
  const isRead = sources.every((source) => ['chart', 'path', 'ref'].some((key) => valueAt(source, key) !== undefined));
  return isRead && charts.length + folders.length > 0 ? [...charts, ...folders] : [anywhere];
}

/** What lands beside the object that makes it. */
function besideIt(root: Node): Making {
  const written = valueAt(root, 'metadata', 'namespace');
  const namespace = namespaceAt(written);
  return written && namespace === undefined ? anywhere : { namespace, follows: true };
}

/** What a release makes lands in its target, or beside it. */
function byRelease(root: Node): Making {
  const target = valueAt(root, 'spec', 'targetNamespace');
  return target ? { namespace: namespaceAt(target) } : besideIt(root);
}

/** What an operator makes of the resources of a document. */
const byOperators = (document: DocumentText): readonly Making[] =>
  rootsOf(document).flatMap((root) => {
    const [apiVersion, kind] = [stringOf(valueAt(root, 'apiVersion')), stringOf(valueAt(root, 'kind'))];
    return apiVersion !== undefined && kind !== undefined && isOperated(apiVersion, kind) ? [besideIt(root)] : [];
  });

/** The mapping that a document is, or those that a List of it holds. */
function rootsOf({ parsed }: DocumentText): readonly Node[] {
  const root = resolve(parsed.root);
  if (!isMap(root)) return [];
  return stringOf(valueAt(root, 'kind')) === 'List' ? itemsOf(valueAt(root, 'items')) : [root];
}

function makingsOf(document: DocumentText): readonly Making[] {
  const { text } = document;
  const [isRelease, isApplication] = [holdsRelease(text), holdsApplication(text)];
  if (!isRelease && !isApplication) return text.length <= mostText && mayBeOperated(text) ? byOperators(document) : [];
  const root = text.length > mostText ? undefined : resolve(document.parsed.root);
  if (!isMap(root)) return [anywhere];
  if (isRelease) return [byRelease(root)];
  const apiVersion = stringOf(valueAt(root, 'apiVersion'));
  // That of a group of its own describes what others apply.
  if (apiVersion?.startsWith('app.k8s.io/')) return [];
  return apiVersion?.startsWith('argoproj.io/') ? byApplication(document, root) : [anywhere];
}

/** What the files of a workspace have others make. */
export class Makers {
  private readonly byFile = new Map<string, { readonly isRelease: boolean; readonly makings: readonly Making[] }>();

  /** Looks at a file, whose text is empty once it is gone; whether it has other things made than before. */
  set(uri: string, text: string, read: () => Pick<ManifestText, 'documents'>): boolean {
    const isRelease = holdsRelease(text);
    const makings = isRelease || holdsApplication(text) || mayBeOperated(text) ? read().documents.flatMap(({ document }) => makingsOf(document)) : [];
    const before = this.byFile.get(uri)?.makings ?? [];
    if (makings.length > 0) this.byFile.set(uri, { isRelease, makings });
    else this.byFile.delete(uri);
    return JSON.stringify(before) !== JSON.stringify(makings);
  }

  has(uri: string): boolean {
    return this.byFile.has(uri);
  }

  *all(): Iterable<readonly [uri: string, makings: readonly Making[]]> {
    for (const [uri, { makings }] of this.byFile) yield [uri, makings];
  }

  /** URIs of files with a Helm release. */
  releases(): readonly string[] {
    return [...this.byFile].flatMap(([uri, { isRelease }]) => (isRelease ? [uri] : []));
  }
}
