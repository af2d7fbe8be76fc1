import type { Connection, Diagnostic, DocumentDiagnosticReport } from 'vscode-languageserver';
import { checkConfig, checkDocument, checking, type Finding } from '../rules/check.ts';
import { isConfig } from '../rules/config.ts';
import type { Related } from '../rules/rule.ts';
import type { RuleFailed } from '../rules/runner.ts';
import { grouped } from '../syntax/grouped.ts';
import type { DocumentText } from '../syntax/manifestText.ts';
import type { WorkspaceView } from '../workspace/view.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { toDiagnostic } from './convert.ts';
import type { OpenDocument, OpenDocuments } from './openDocuments.ts';
import { Slice } from './pause.ts';
import { Positions } from './positions.ts';
import type { Settings } from './settings.ts';
import { prepareSurroundings } from './surroundings.ts';

/** Most findings of one file that an editor is sent: more would hold up every keystroke, and nobody reads them. */
const mostDiagnostics = 1000;

/** Time in ms without a change after which other files are looked at. */
const quiet = 50;

/** Brings findings to the client: published where it cannot ask, answered where it can. */
export class Diagnoser {
  mode: 'push' | 'pull' = 'push';
  canRefresh = false;
  /** Called when other files have been looked at after a change. */
  whenQuiet: () => void = () => undefined;
  private readonly connection: Connection;
  private readonly workspace: Workspace;
  private readonly open: OpenDocuments;
  private readonly settingsOf: (uri: string) => Settings;
  private readonly viewOf: (uri: string) => WorkspaceView;
  /** What each open file was last told, to answer "unchanged". */
  private readonly told = new Map<string, { readonly id: string; readonly text: string }>();
  private lastId = 0;
  private following: ReturnType<typeof setTimeout> | undefined;
  /** Counts the changes: what looks at other files after one ends with the next. */
  private changes = 0;
  /** Documents that the rules have run over since others changed: what they found is kept with them. */
  private checked = new WeakSet<DocumentText>();

  constructor(
    connection: Connection,
    workspace: Workspace,
    open: OpenDocuments,
    of: { readonly settings: (uri: string) => Settings; readonly view: (uri: string) => WorkspaceView },
  ) {
    this.connection = connection;
    this.workspace = workspace;
    this.open = open;
    this.settingsOf = of.settings;
    this.viewOf = of.view;
  }

  /** Runs the rules over what of a file is new, in slices, between which requests are answered: over all of a large one they take long. */
  async prepare(uri: string): Promise<void> {
    const file = this.open.get(uri);
    const fresh = file?.documents.filter(({ document }) => !this.checked.has(document)) ?? [];
    if (!file || fresh.length === 0 || isConfig(uri)) return;
    const slice = new Slice();
    const view = this.viewOf(uri);
    const { rules } = this.settingsOf(uri);
    // Who changed it asks again.
    const isOld = () => this.open.get(uri)?.version !== file.version;
    if (!this.workspace.isPutTogether(uri)) await prepareSurroundings(uri, this.workspace, slice);
    if (isOld()) return;
    const rest = async () => {
      await slice.rest();
      return isOld();
    };
    for (const { document } of fresh) {
      for (const _ of checking(document, view, this.failed)) if (slice.isOver && (await rest())) return;
      checkDocument(document, view, rules, this.failed);
      this.checked.add(document);
    }
  }

  /** A file's own text has changed; other open files follow when it has been quiet for a moment. */
  changed(uri: string): void {
    if (this.mode === 'push') this.publish(uri);
    this.stop();
    this.following = setTimeout(() => void this.follow(uri), quiet);
  }

  /** Tells of the other open files whose findings are not what was told last. */
  private async follow(changed: string): Promise<void> {
    const { changes } = this;
    const differing = new Set<string>();
    const slice = new Slice();
    for (const uri of [...this.open.uris]) {
      if (slice.isOver) await slice.rest();
      if (changes !== this.changes) return;
      const file = uri === changed ? undefined : this.open.get(uri);
      const told = this.told.get(uri);
      if (file && told && told.text !== JSON.stringify(this.diagnosticsOf(file))) differing.add(uri);
    }
    await this.touched(differing);
    this.whenQuiet();
  }

  stop(): void {
    clearTimeout(this.following);
    this.changes++;
  }

  /** Files whose findings may have changed because another file did. */
  private async touched(uris: ReadonlySet<string>): Promise<void> {
    if (uris.size === 0) return;
    this.checked = new WeakSet();
    if (this.mode === 'pull') {
      if (this.canRefresh) void this.connection.languages.diagnostics.refresh();
      return;
    }
    for (const uri of uris) {
      await this.prepare(uri);
      this.publish(uri);
    }
  }

  refreshAll(): void {
    void this.touched(new Set(this.open.uris));
  }

  closed(uri: string): void {
    this.told.delete(uri);
    if (this.mode === 'push') void this.connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  pull(uri: string, previous: string | undefined): DocumentDiagnosticReport {
    const file = this.open.get(uri);
    const items = file ? this.diagnosticsOf(file) : [];
    const text = JSON.stringify(items);
    const told = this.told.get(uri);
    if (told && told.text === text) {
      if (told.id === previous) return { kind: 'unchanged', resultId: told.id };
      return { kind: 'full', resultId: told.id, items };
    }
    const id = String(++this.lastId);
    this.told.set(uri, { id, text });
    return { kind: 'full', resultId: id, items };
  }

  /** A finding of an open file as LSP has it. */
  toDiagnostic(finding: Finding, file: OpenDocument, shift: number): Diagnostic {
    return toDiagnostic(finding, file.positions, shift, (related) => this.locate(related, file));
  }

  private publish(uri: string): void {
    const file = this.open.get(uri);
    if (!file) return;
    const diagnostics = this.diagnosticsOf(file);
    this.told.set(uri, { id: '', text: JSON.stringify(diagnostics) });
    void this.connection.sendDiagnostics({ uri, version: file.version, diagnostics });
  }

  private diagnosticsOf(file: OpenDocument): Diagnostic[] {
    const view = this.viewOf(file.uri);
    const { rules } = this.settingsOf(file.uri);
    const diagnostics: Diagnostic[] = [];
    let left = 0;
    for (const { document, start } of file.documents) {
      for (const finding of isConfig(file.uri) ? checkConfig(document, this.failed) : checkDocument(document, view, rules, this.failed)) {
        if (diagnostics.length < mostDiagnostics) diagnostics.push(this.toDiagnostic(finding, file, start));
        else left++;
      }
    }
    const last = diagnostics.at(-1);
    if (left > 0 && last) {
      const message = `netpol found ${grouped(left)} more in this file and shows the first ${grouped(mostDiagnostics)}; mend some, or run "netpol check" for all.`;
      diagnostics.push({ range: last.range, severity: last.severity ?? 1, source: 'netpol', message });
    }
    return diagnostics;
  }

  private readonly failures = new Set<string>();
  /** Told once a rule: it would fail again with every keystroke. */
  readonly failed: RuleFailed = (id, error) => {
    if (this.failures.has(id)) return;
    this.failures.add(id);
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.connection.console.error(`Rule ${id} failed, and the others go on; it is a mistake of netpol. ${what}`);
  };

  private locate({ file: uri, at }: Related, from: OpenDocument): ReturnType<Positions['range']> | undefined {
    if (uri === from.uri) return from.positions.range(at);
    const other = this.open.get(uri);
    if (other) return other.positions.range(at);
    const manifest = this.workspace.manifest(uri);
    return manifest && Positions.of(manifest.text, this.open.encoding).range(at);
  }
}
