import * as vscode from 'vscode';
import type { DiagramCard, DiagramPort } from '../../server/src/protocol.ts';

/** Lets ports of the destination's containers be chosen, or any be written; undefined where the user turns away, none for every port. */
export async function choosePorts(from: string, to: DiagramCard | undefined): Promise<readonly DiagramPort[] | undefined> {
  const title = vscode.l10n.t('Let {0} reach {1}', from, to?.name ?? '');
  const declared = (to?.ports ?? []).map((port) => ({
    label: `${port.protocol} ${port.port}`,
    description: port.name ?? '',
    picked: true,
    port,
  }));
  if (declared.length > 0) {
    const chosen = await vscode.window.showQuickPick(declared, {
      title,
      placeHolder: vscode.l10n.t('On which ports of its containers?'),
      canPickMany: true,
    });
    if (!chosen) return undefined;
    if (chosen.length > 0) return chosen.map(({ port: { protocol, port } }) => ({ protocol, port }));
  }
  const written = await writePort(title, vscode.l10n.t('On which port? 8080, 53/udp; empty for every port.'));
  return written === undefined ? undefined : parsePort(written);
}

/** Lets a port be written, empty for every port; undefined where the user turns away. */
export const writePort = async (title: string, prompt: string): Promise<string | undefined> =>
  vscode.window.showInputBox({
    title,
    prompt,
    validateInput: (text) =>
      parsePort(text) ? undefined : vscode.l10n.t('A number from 1 to 65535, and /udp or /sctp behind it where it is not TCP.'),
  });

function parsePort(text: string): readonly DiagramPort[] | undefined {
  if (text.trim() === '') return [];
  const [, number, protocol = 'TCP'] = /^\s*(\d{1,5})(?:\/(tcp|udp|sctp))?\s*$/i.exec(text) ?? [];
  const port = Number(number);
  return port >= 1 && port <= 65_535 ? [{ protocol: protocol.toUpperCase(), port }] : undefined;
}
