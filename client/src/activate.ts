import * as vscode from 'vscode';
import { isManifest } from './documents.ts';
import { examplePolicy } from './examplePolicy.ts';
import type { Session, StartSession } from './session.ts';

/**
 * Waits for the first text that looks like a Kubernetes manifest and starts the server then: a workspace without any
 * pays for nothing but this. `load` brings in the language client, which is most of the extension's code.
 */
export function activateWith(context: vscode.ExtensionContext, load: () => Promise<{ readonly start: StartSession }>): void {
  const began = performance.now();
  const log = vscode.window.createOutputChannel('Netpol', { log: true });
  let session: Promise<Session | undefined> | undefined;

  async function startSession(): Promise<Session | undefined> {
    const started = performance.now();
    try {
      const made = await (await load()).start(context, log);
      void vscode.commands.executeCommand('setContext', 'netpol.active', true);
      log.info(`The language server answered ${(performance.now() - started).toFixed(0)} ms after the first manifest was seen.`);
      return made;
    } catch (error) {
      log.error(error instanceof Error ? error : String(error));
      const chosen = await vscode.window.showErrorMessage(
        vscode.l10n.t('The netpol language server could not be started; the log says why.'),
        vscode.l10n.t('Show Log'),
      );
      if (chosen) log.show();
      return undefined;
    }
  }

  function running(): Promise<Session | undefined> {
    session ??= startSession();
    return session;
  }

  const watchers: vscode.Disposable[] = [];
  function startOnManifest(document: vscode.TextDocument | undefined): void {
    if (session || !document || !isManifest(document)) return;
    // In a turn of its own: loading the language client would hold up the activation of other extensions.
    session = new Promise((resolve) => setTimeout(() => resolve(startSession())));
    for (const watcher of watchers) watcher.dispose();
  }
  watchers.push(
    vscode.workspace.onDidOpenTextDocument(startOnManifest),
    vscode.workspace.onDidChangeTextDocument(({ document }) => startOnManifest(document)),
  );

  context.subscriptions.push(
    log,
    ...watchers,
    vscode.commands.registerCommand('netpol.showOutput', () => log.show()),
    vscode.commands.registerCommand('netpol.restartServer', async () => {
      const started = await session;
      if (started) await started.restart();
      else session = startSession();
    }),
    vscode.commands.registerCommand('netpol.showDiagram', async () => (await running())?.showDiagram()),
    vscode.commands.registerCommand('netpol.newPolicy', async () => (await running())?.newPolicy('workload')),
    vscode.commands.registerCommand('netpol.newDefaultDeny', async () => (await running())?.newPolicy('default-deny')),
    vscode.commands.registerCommand('netpol.newAllowDns', async () => (await running())?.newPolicy('allow-dns')),
    vscode.commands.registerCommand('netpol.askReach', async () => (await running())?.askReach()),
    vscode.commands.registerCommand('netpol.openExample', async () => {
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'yaml', content: examplePolicy }));
    }),
    { dispose: () => void session?.then((running) => running?.stop()) },
  );
  for (const document of vscode.workspace.textDocuments) startOnManifest(document);
  log.info(`Activated in ${(performance.now() - began).toFixed(1)} ms.`);
}
