import * as l10n from '@vscode/l10n';
import type { Connection, WorkspaceEdit } from 'vscode-languageserver';
import { type Connectivity, connectivityOf } from '../connectivity/connectivity.ts';
import { collapsed, namespaceId } from '../diagram/collapse.ts';
import { compared } from '../diagram/compare.ts';
import type * as drawing from '../diagram/draw.ts';
import { filtered } from '../diagram/filter.ts';
import { allowFlow, removeFlow } from '../diagram/flowEdits.ts';
import { type Scene, sceneOf } from '../diagram/scene.ts';
import { dotOf, mermaidOf, tableOf } from '../diagram/texts.ts';
import { nodeIdOf } from '../diagram/workloadNodes.ts';
import { workloadInCluster } from '../explain/inCluster.ts';
import { plain } from '../explain/phrases.ts';
import { resourcesOf } from '../kinds/resource.ts';
import {
  type Diagram,
  type DiagramEditParams,
  type DiagramEditResult,
  type DiagramExplainParams,
  type DiagramExportParams,
  type DiagramExportResult,
  type DiagramFocusParams,
  type DiagramParams,
  type DiagramResult,
  type DiagramRevisionsParams,
  type DiagramRevisionsResult,
  diagramEditRequest,
  diagramExplainRequest,
  diagramExportRequest,
  diagramFocusRequest,
  diagramRequest,
  diagramRevisionsRequest,
} from '../protocol.ts';
import { podsIn } from '../rules/inView.ts';
import type { FileEdits } from '../rules/rule.ts';
import { policiesOf } from '../workspace/reading.ts';
import { nameOf } from '../workspace/uris.ts';
import type { WorkspaceView } from '../workspace/view.ts';
import type { OpenDocuments } from './openDocuments.ts';
import { pictureOf } from './picture.ts';
import { placer } from './places.ts';

/** What lays out and draws, loaded when it is needed. */
export type Drawing = typeof drawing;

/** Beyond these no picture helps, and the page would be slow. */
const mostCards = 700;
const mostFlows = 3000;

interface Deps {
  readonly open: OpenDocuments;
  view(uri: string): WorkspaceView;
  readonly loadDrawing: () => Promise<Drawing>;
  /** The cluster view of a file as it was at a revision of git; a string says why there is none. */
  viewAt(uri: string, revision: string): Promise<WorkspaceView | string>;
  /** Branches and tags that a file may be compared with. */
  revisionsFor(uri: string): Promise<readonly string[]>;
  /** The state of a file's cluster after edits of any files. */
  simulate(uri: string, edits: readonly FileEdits[]): Connectivity;
  /** Edits as the client makes them, after the user has looked at them. */
  confirmed(edits: readonly FileEdits[], label: string): WorkspaceEdit;
  /** Runs a handler so that a failure is told and ends there. */
  guarded<T>(name: string, fallback: T, handler: () => T): T;
}

interface Drawn {
  readonly title: string;
  readonly scene?: Scene;
  /** All namespaces before anything was left out. */
  readonly namespaces: readonly string[];
  readonly reason?: string;
}

/** Answers with pictures of the traffic of a file's cluster view, and with what is asked about them. */
export function serveDiagram(connection: Connection, { open, view, loadDrawing, viewAt, revisionsFor, simulate, confirmed, guarded }: Deps): void {
  // One for each view that is looked at. They are small, and few.
  const memories = new Map<string, drawing.LayoutMemory>();

  async function sceneFor({ uri, filter = {}, expanded = [], compareWith }: DiagramParams): Promise<Drawn> {
    const around = view(uri);
    const connectivity = connectivityOf(around.cluster);
    let title = l10n.t('Traffic around {0}', nameOf(uri));
    let whole = sceneOf(connectivity);
    let reason: string | undefined;
    if (compareWith !== undefined) {
      const before = await viewAt(uri, compareWith);
      if (typeof before === 'string') reason = before;
      else {
        title = l10n.t('Traffic around {0}, compared with {1}', nameOf(uri), compareWith);
        whole = compared(sceneOf(connectivityOf(before.cluster)), whole);
      }
    }
    const namespaces = whole.namespaces.map(({ name }) => name);
    const told = reason === undefined ? {} : { reason };
    if (!whole.nodes.some(({ is }) => is === 'workload')) {
      const documents = open.get(uri)?.documents ?? [];
      const isTemplate = documents.some(({ document }) => document.parsed.gaps !== undefined);
      const carrier = documents.flatMap(({ document }) => resourcesOf(document)).find((resource) => resource.carrier !== undefined)?.carrier;
      reason = isTemplate
        ? l10n.t('Which workloads and policies a Helm template writes is known once it is rendered: the output of `helm template` can be drawn.')
        : carrier
          ? l10n.t('Where the policies land that this {0} makes, and whom they concern, is known once it has made them.', carrier)
          : l10n.t('No workload is in sight: the folder of this file, or what it is applied with, holds none.');
      return { title, namespaces, reason };
    }
    const { onlyFile, ...rest } = filter;
    const scene = collapsed(filtered(whole, { ...rest, ...(onlyFile ? { file: uri } : {}) }), new Set(expanded));
    const tooMany = scene.nodes.length > mostCards ? scene.nodes.length : scene.edges.length > mostFlows ? scene.edges.length : undefined;
    if (tooMany !== undefined)
      return {
        title,
        namespaces,
        reason: l10n.t('{0} cards or flows are too many for a picture. Choose fewer namespaces; `netpol list` lists all flows.', tooMany),
      };
    if (scene.nodes.length === 0) return { title, namespaces, reason: l10n.t('Nothing is left of the picture: the filter leaves all of it out.') };
    return { title, namespaces, scene, ...told };
  }

  const isReadable = (uri: string): boolean => {
    const file = open.get(uri);
    return file !== undefined && !file.documents.some(({ document }) => document.parsed.problems.length > 0);
  };

  async function diagramOf(params: DiagramParams): Promise<DiagramResult> {
    if (!isReadable(params.uri)) return null;
    const { title, scene, namespaces, reason } = await sceneFor(params);
    const told = reason === undefined ? {} : { reason };
    if (!scene) return { title, ...told };
    const { layoutOf, LayoutMemory } = await loadDrawing();
    const key = JSON.stringify([view(params.uri).file, params.filter, params.expanded, params.compareWith]);
    const memory = memories.get(key) ?? new LayoutMemory();
    // The oldest goes: a panel looks at one at a time.
    if (memories.size >= 20 && !memories.has(key)) memories.delete([...memories.keys()][0] as string);
    memories.set(key, memory);
    const picture = pictureOf(await layoutOf(scene, memory), namespaces, placer(open));
    return { title, picture, ...told };
  }

  async function exported(params: DiagramExportParams): Promise<DiagramExportResult> {
    const { title, scene, reason } = await sceneFor(params);
    if (!scene) return { problem: reason ?? '' };
    if (params.format === 'mermaid') return { text: mermaidOf(scene) };
    if (params.format === 'dot') return { text: dotOf(scene) };
    if (params.format === 'md') return { text: tableOf(scene) };
    const { layoutOf, svgOf } = await loadDrawing();
    return { text: svgOf(await layoutOf(scene), title) };
  }

  /** Runs what may fail by itself: the server goes on, and the panel says so. */
  async function safely<T>(run: () => Promise<T>, fallback: (reason: string) => T): Promise<T> {
    try {
      return await run();
    } catch (error) {
      connection.console.error(`Diagram failed, and the server goes on: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      return fallback(l10n.t('The picture could not be drawn; the log says why.'));
    }
  }

  connection.onRequest(diagramRequest, (params: DiagramParams) =>
    safely(
      () => diagramOf(params),
      (reason): Diagram => ({ title: l10n.t('Traffic'), reason }),
    ),
  );

  connection.onRequest(diagramExportRequest, (params: DiagramExportParams) =>
    safely(
      () => exported(params),
      (problem): DiagramExportResult => ({ problem }),
    ),
  );

  connection.onRequest(diagramRevisionsRequest, ({ uri }: DiagramRevisionsParams): Promise<DiagramRevisionsResult> => revisionsFor(uri));

  connection.onRequest(
    diagramEditRequest,
    ({ uri, from, to, change, ports }: DiagramEditParams): DiagramEditResult =>
      guarded<DiagramEditResult>('Edit of a flow', { says: [], problem: l10n.t('The edit could not be made; the log says why.') }, () => {
        const around = view(uri);
        const { nodes } = sceneOf(connectivityOf(around.cluster));
        const [source, target] = [from, to].map((id) => nodes.find((node) => node.id === id));
        if (!source || !target) return { says: [], problem: l10n.t('Flows are drawn between workloads and addresses; expand the namespace first.') };
        const after = (edits: readonly FileEdits[]) => simulate(uri, edits);
        const found = change === 'allow' ? allowFlow(source, target, ports, around, after) : removeFlow(source, target, around, after);
        if ('problem' in found) return { says: [], problem: found.problem };
        const label =
          change === 'allow'
            ? l10n.t('Let {0} reach {1}', source.name, target.name)
            : l10n.t('No longer let {0} reach {1}', source.name, target.name);
        return { says: found.says, edit: confirmed(found.edits, label) };
      }),
  );

  connection.onRequest(diagramExplainRequest, ({ uri, id }: DiagramExplainParams): readonly string[] =>
    guarded('Explanation', [], () => {
      const connectivity = connectivityOf(view(uri).cluster);
      const endpoint = connectivity.endpoints.find((candidate) => nodeIdOf(connectivity, candidate) === id);
      return endpoint
        ? workloadInCluster(connectivity, endpoint, () => undefined)
            .split('\n\n')
            .map(plain)
        : [];
    }),
  );

  connection.onRequest(diagramFocusRequest, ({ uri, line, character }: DiagramFocusParams): readonly string[] =>
    guarded('Focus', [], () => {
      const file = open.get(uri);
      const at = file?.at(file.positions.offsetAt({ line, character }));
      if (!at) return [];
      const around = view(uri);
      const connectivity = connectivityOf(around.cluster);
      const resource = resourcesOf(at.placed.document).findLast(({ root }) => root.start <= at.local);
      if (!resource) return [];
      const reading = around.readingOf(resource);
      const selected = policiesOf(reading ?? {}).flatMap((located) => podsIn(connectivity.compiledOf(located)?.subject, connectivity));
      return idsOf(
        connectivity,
        reading?.policy ? selected : connectivity.endpoints.filter((endpoint) => endpoint.workload === reading?.workload?.value),
      );
    }),
  );
}

/** The cards of endpoints, and of the namespaces that may stand for them. */
const idsOf = (connectivity: Connectivity, endpoints: readonly Connectivity['endpoints'][number][]): readonly string[] => [
  ...new Set(endpoints.flatMap((endpoint) => [nodeIdOf(connectivity, endpoint), namespaceId(endpoint.namespace.name)])),
];
