import * as l10n from '@vscode/l10n';
import type { Connection } from 'vscode-languageserver';
import { connectivityOf } from '../connectivity/connectivity.ts';
import type { Picture } from '../diagram/draw.ts';
import { type Scene, sceneOf } from '../diagram/scene.ts';
import { type DiagramParams, type DiagramResult, diagramRequest } from '../protocol.ts';
import type { WorkspaceView } from '../workspace/view.ts';
import type { OpenDocuments } from './openDocuments.ts';
import { placer } from './places.ts';

/** Lays a scene out and draws it as SVG. */
export type Draw = (scene: Scene, title: string) => Promise<Picture>;

/** Beyond these the layout takes longer than people wait, and the server would be silent meanwhile. */
const mostWorkloads = 120;
const mostFlows = 400;

interface Deps {
  readonly open: OpenDocuments;
  view(uri: string): WorkspaceView;
  /** Undefined where the host cannot draw. */
  readonly draw: Draw | undefined;
}

/** Answers with pictures of the traffic of a file's cluster view. */
export function serveDiagram(connection: Connection, { open, view, draw }: Deps): void {
  async function diagramOf(uri: string): Promise<DiagramResult> {
    const file = open.get(uri);
    if (!file || file.documents.some(({ document }) => document.parsed.problems.length > 0)) return null;
    const title = l10n.t('Traffic around {0}', decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1)));
    if (!draw) return { title, reason: l10n.t('The picture is drawn by the desktop’s server only; in the browser it is still missing.') };
    const connectivity = connectivityOf(view(uri).cluster);
    const workloads = connectivity.classes.length;
    if (workloads === 0)
      return { title, reason: l10n.t('No workload is in sight: the folder of this file, or what it is applied with, holds none.') };
    const tooMany = (count: number, what: string) => ({
      title,
      reason: `${count} ${what} are too many for a picture. \`netpol diagram\` draws one of a smaller folder; \`netpol list\` lists all flows.`,
    });
    if (workloads > mostWorkloads) return tooMany(workloads, 'kinds of workloads');
    const scene = sceneOf(connectivity);
    if (scene.edges.length > mostFlows) return tooMany(scene.edges.length, 'flows');
    const { svg, spots } = await draw(scene, title);
    const place = placer(open);
    const placed = spots.map(({ places, ...spot }) => ({ ...spot, places: places.flatMap(({ name, origin }) => place(name, origin) ?? []) }));
    return { title, svg, spots: placed };
  }

  connection.onRequest(diagramRequest, async ({ uri }: DiagramParams): Promise<DiagramResult> => {
    try {
      return await diagramOf(uri);
    } catch (error) {
      connection.console.error(`Diagram failed, and the server goes on: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      return { title: l10n.t('Traffic'), reason: l10n.t('The picture could not be drawn; the log says why.') };
    }
  });
}
