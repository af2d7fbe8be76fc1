import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { type EndsParams, type EndsResult, endsRequest, type ReachParams, type ReachResult, reachRequest } from '../../server/src/protocol.ts';
import { writePort } from './choosePorts.ts';
import { pickOrWrite } from './pickOrWrite.ts';
import { goTo, placeInWords } from './places.ts';

const looksLikeAddress = (text: string): boolean => /^[\da-f:.]+$/i.test(text) && /[.:]/.test(text);

/** Lets an end be chosen, or an address be written; undefined where the user turns away. */
const chooseEnd = (title: string, ends: EndsResult): Promise<string | undefined> =>
  pickOrWrite({
    title,
    placeholder: vscode.l10n.t('A workload, a Service, or an address such as 192.0.2.7'),
    known: ends.map(({ name, detail }) => ({ label: name, description: detail })),
    written: (text) => (looksLikeAddress(text) ? vscode.l10n.t('an address') : undefined),
  });

const sideName = (side: 'egress' | 'ingress'): string =>
  side === 'egress' ? vscode.l10n.t('Out of the source') : vscode.l10n.t('Into the destination');

const verdict = (question: string, allowed: boolean): string =>
  allowed ? vscode.l10n.t('{0}: allowed', question) : vscode.l10n.t('{0}: denied', question);

/** "Can A reach B?": asks for both ends and a port, and shows the answer with its reasons, each of which leads to its rule. */
export async function askReach(client: BaseLanguageClient): Promise<void> {
  const uri = vscode.window.activeTextEditor?.document.uri.toString();
  if (uri === undefined) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Open a manifest first: the question is asked in the cluster that it belongs to.'));
    return;
  }
  const ends = await client.sendRequest<EndsResult>(endsRequest, { uri } satisfies EndsParams);
  const from = await chooseEnd(vscode.l10n.t('Can A reach B? From where?'), ends);
  if (from === undefined) return;
  const to = await chooseEnd(vscode.l10n.t('Can {0} reach … ?', from), ends);
  if (to === undefined) return;
  const port = await writePort(vscode.l10n.t('Can {0} reach {1}?', from, to), vscode.l10n.t('On which port? 8080, 53/udp; empty for any.'));
  if (port === undefined) return;
  const { problem, pairs } = await client.sendRequest<ReachResult>(reachRequest, { uri, from, to, port: port.trim() } satisfies ReachParams);
  if (problem !== undefined) {
    void vscode.window.showWarningMessage(problem);
    return;
  }
  const allowed = pairs.every((pair) => pair.allowed);
  const items = pairs.flatMap((pair) => [
    ...(pairs.length > 1 ? [{ label: verdict(pair.question, pair.allowed), kind: vscode.QuickPickItemKind.Separator }] : []),
    ...pair.reasons.map(({ side, text, place }) => ({
      label: text,
      detail: [sideName(side), ...(place ? [placeInWords(place)] : [])].join(' · '),
      place,
    })),
  ]);
  const chosen = await vscode.window.showQuickPick<vscode.QuickPickItem & { place?: (typeof pairs)[number]['reasons'][number]['place'] }>(items, {
    title: verdict(pairs[0] && pairs.length === 1 ? pairs[0].question : `${from} => ${to}`, allowed),
    placeHolder: vscode.l10n.t('Why; choose a reason to go to its rule'),
  });
  if (chosen?.place) await goTo(chosen.place);
}
