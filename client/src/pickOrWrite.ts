import * as vscode from 'vscode';

export interface PickOptions {
  readonly title: string;
  readonly placeholder: string;
  readonly known: readonly vscode.QuickPickItem[];
  /** What a written text would be, where it may be taken too. */
  written(text: string): string | undefined;
}

/** Lets one of the known be picked, or something else be written; undefined where the user turns away. */
export function pickOrWrite({ title, placeholder, known, written }: PickOptions): Promise<string | undefined> {
  const pick = vscode.window.createQuickPick();
  pick.title = title;
  pick.placeholder = placeholder;
  pick.matchOnDescription = true;
  pick.items = known;
  return new Promise((resolve) => {
    pick.onDidChangeValue((value) => {
      const text = value.trim();
      const description = text === '' || known.some(({ label }) => label === text) ? undefined : written(text);
      pick.items = description === undefined ? known : [{ label: text, description }, ...known];
    });
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]?.label);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}
