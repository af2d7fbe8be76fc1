import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import { findBrowser } from '../../scripts/lib/browser.mjs';
import { installExtension, prepareData, serveVSCode } from '../../scripts/lib/serve.mjs';

const quietBrowser = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const screenshots = resolve('test/e2e/screenshots');

/** How an editor for a test is set up. */
export interface EditorOptions {
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Without the packaged extension: the test brings its own. */
  readonly bare?: boolean;
  /** More files of the workspace, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Other extensions, packaged. */
  readonly neighbours?: readonly string[];
  /** URI of a folder of another file system, opened instead of the examples. */
  readonly folder?: string;
  /** Called before the page is opened. */
  readonly prepare?: (context: BrowserContext, address: string) => Promise<void>;
}

/** A real VS Code in a real browser, on a copy of the examples. */
export class Editor {
  readonly page: Page;
  /** The workspace that is open: what is changed here stays here. */
  readonly folder: string;
  readonly hostPid: number;
  /** The editor's settings, extensions and storage. */
  readonly dataFolder: string;
  private readonly browser: Browser;
  private readonly stopHost: () => void;

  private constructor(parts: { page: Page; folder: string; hostPid: number; browser: Browser; stopHost: () => void; dataFolder: string }) {
    this.page = parts.page;
    this.folder = parts.folder;
    this.hostPid = parts.hostPid;
    this.browser = parts.browser;
    this.stopHost = parts.stopHost;
    this.dataFolder = parts.dataFolder;
  }

  static async start(options: EditorOptions = {}): Promise<Editor> {
    mkdirSync(screenshots, { recursive: true });
    const folder = mkdtempSync(join(tmpdir(), 'netpol e2e (1)+@-'));
    const dataFolder = mkdtempSync(join(tmpdir(), 'netpol-vscode-'));
    cpSync('examples', folder, { recursive: true });
    for (const [name, text] of Object.entries(options.files ?? {})) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    await prepareData(dataFolder, options.settings ?? {}, { extension: options.bare !== true });
    for (const neighbour of options.neighbours ?? []) await installExtension(dataFolder, neighbour);
    const { address, stop, pid } = await serveVSCode({ dataFolder });
    const browser = await chromium.launch({ executablePath: await findBrowser(), args: quietBrowser });
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    // A page whose answer a test has edited counts as one from elsewhere, which may not open a socket to this machine unasked.
    await context.grantPermissions(['local-network-access']);
    await options.prepare?.(context, address);
    const page = await context.newPage();
    const editor = new Editor({ page, folder, hostPid: pid, browser, stopHost: stop, dataFolder });
    const rows = page.locator('.explorer-folders-view .monaco-list-row');
    for (let tries = 1; ; tries++) {
      await page.goto(`${address}/?folder=${options.folder ?? encodeURIComponent(folder)}`);
      await rows.first().waitFor({ timeout: 60_000 });
      if (options.folder === undefined) break;
      // A folder whose file system came up too late stays one row that cannot be opened: the page is loaded again.
      if (
        await rows
          .nth(1)
          .waitFor({ timeout: 20_000 })
          .then(
            () => true,
            () => false,
          )
      )
        break;
      if (tries === 3) {
        await editor.stop();
        throw new Error(`The editor did not show the files of ${options.folder}, though its page was loaded ${tries} times.`);
      }
    }
    return editor;
  }

  async stop(): Promise<void> {
    await this.browser.close();
    this.stopHost();
    for (const path of [this.folder, this.dataFolder]) rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Keeps a picture of the page for people. */
  async screenshot(name: string): Promise<void> {
    await this.page.screenshot({ path: join(screenshots, `${name}.png`) });
  }

  /** Opens the quick input by a key and writes into it; again where it closed at once because something else took the focus. */
  private async quickInput(key: string, text: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget:visible input.input').first();
    for (let tries = 0; ; tries++) {
      await this.page.keyboard.press(key);
      try {
        await input.fill(text, { timeout: 3_000 });
        return;
      } catch (error) {
        if (tries === 5) throw error;
      }
    }
  }

  /** Runs a command of the palette by its title; again where the palette closed because something else took the focus. */
  async command(title: string): Promise<void> {
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
    for (let tries = 0; ; tries++) {
      await this.quickInput('F1', `>${title}`);
      try {
        await row.click({ timeout: 5_000 });
        return;
      } catch (error) {
        if (tries === 5) throw error;
      }
    }
  }

  /** Takes a row of the list that is asked from. */
  async choose(label: string): Promise<void> {
    await this.page.locator('.quick-input-list:visible .monaco-list-row', { hasText: label }).first().click();
  }

  async chooseTheme(name: string): Promise<void> {
    await this.command('Preferences: Color Theme');
    const input = this.page.locator('.quick-input-widget:visible input.input').first();
    await this.page.locator('.quick-input-list:visible .monaco-list-row', { hasText: 'Dark Modern' }).first().waitFor();
    await input.fill(name);
    await this.choose(name);
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }

  private async scrollExplorer(by: number): Promise<void> {
    await this.page.locator('.explorer-folders-view .monaco-list').hover();
    await this.page.mouse.wheel(0, by);
  }

  /** Opens a file of the workspace through the explorer; folders on its way are expanded. */
  async open(path: string): Promise<void> {
    const names = path.split('/');
    const rows = this.page.locator('.explorer-folders-view .monaco-list-row');
    // Rows stand in the tree's order by their index alone, and names come twice.
    let above = -1;
    const row = async (name: string): Promise<Locator> => {
      const named = rows.filter({ has: this.page.locator('.label-name', { hasText: new RegExp(`^${name.replaceAll('.', '\\.')}$`) }) });
      for (let tries = 0; tries < 300; tries++) {
        const indexes = await named.evaluateAll((found) => found.map((one) => Number((one as HTMLElement).dataset.index)));
        const next = Math.min(...indexes.filter((index) => index > above));
        if (Number.isFinite(next)) {
          above = next;
          // Both: rows move when files appear.
          return named.and(this.page.locator(`[data-index="${next}"]`));
        }
        await this.page.waitForTimeout(100);
        // Only rows in sight are there: down to the end, and from the top again.
        if (tries % 5 === 4) await this.scrollExplorer(tries % 50 < 25 ? -400 : 400);
      }
      throw new Error(`The explorer shows no ${name} of ${path}.`);
    };
    for (const [depth, name] of names.slice(0, -1).entries()) {
      const parent = await row(name);
      if ((await parent.getAttribute('aria-expanded')) === 'false') {
        await parent.click();
        const child = this.page.locator(`.explorer-folders-view .monaco-list-row[data-index="${above + 1}"][aria-level="${depth + 2}"]`);
        // That of the last row in sight is not.
        await child.waitFor({ timeout: 2_000 }).catch(async () => {
          await this.scrollExplorer(100);
          await child.waitFor();
        });
      }
    }
    const file = names.at(-1) as string;
    const folder = above;
    await (await row(file)).dblclick({ timeout: 2_000 }).catch(async () => {
      above = folder;
      await (await row(file)).dblclick();
    });
    await this.page.locator(`.tab.active[data-resource-name="${file}"]`).first().waitFor({ timeout: 30_000 });
    await this.page.locator('.editor-instance .view-line').first().waitFor();
  }

  /** Puts the cursor at a line and column, both counted from 1. */
  async goto(line: number, column: number): Promise<void> {
    await this.quickInput('Control+G', `:${line}:${column}`);
    await this.page.keyboard.press('Enter');
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }

  squiggle(level: 'error' | 'warning' | 'info' = 'error'): Locator {
    return this.page.locator(`.view-overlays .squiggly-${level}`);
  }

  /** The piece of text on screen that is exactly a word. */
  word(text: string): Locator {
    return this.page.locator('.view-line span span', { hasText: new RegExp(`^\\s*${text}\\s*$`) });
  }

  /** Saves the file in front, once it has unsaved changes, and waits until it has none. */
  async save(): Promise<void> {
    await this.page.locator('.tab.active.dirty').waitFor();
    await this.page.keyboard.press('Control+S');
    await this.page.locator('.tab.active.dirty').waitFor({ state: 'detached' });
  }

  /** The row of the menu of fixes, or of what else `open` opens; again where the menu closed because findings or the focus came in meanwhile. */
  async action(title: string, open = (): Promise<void> => this.page.keyboard.press('Control+.')): Promise<Locator> {
    const row = this.page.locator('.action-widget .monaco-list-row', { hasText: title }).first();
    for (let tries = 0; tries < 5 && (await row.count()) === 0; tries++) {
      await open();
      await row.waitFor({ timeout: 4_000 }).catch(() => this.page.keyboard.press('Escape'));
    }
    return row;
  }

  /** Hovers over a word until a hover appears that tells of something, if asked for; gives its text. Lines move under the pointer when lenses come in. */
  async hover(target: Locator, about = ''): Promise<string> {
    const widget = this.page.locator('.monaco-hover:not(.hidden)').first();
    let text = '';
    for (let tries = 0; tries < 10; tries++) {
      await this.page.mouse.move(5, 5);
      await target.hover();
      const shown = await widget
        .locator('.hover-contents')
        .first()
        .waitFor({ timeout: 3_000 })
        .then(
          () => true,
          () => false,
        );
      text = shown ? await widget.innerText({ timeout: 1_000 }).catch(() => '') : '';
      if (text !== '' && !text.includes('Loading') && text.replace(/\s+/g, ' ').includes(about)) break;
    }
    return text;
  }
}
