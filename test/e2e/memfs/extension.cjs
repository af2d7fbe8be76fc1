// A file system that exists in the browser's memory alone, without a search, as many virtual workspaces are.
const vscode = require('vscode');

const policy = (name, rest) =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: ${name}\n  namespace: shop\nspec:\n  podSelector:\n    matchLabels:\n      app: web\n${rest}`;

const files = new Map([
  [
    '/shop/policies/web.yaml',
    policy(
      'web',
      '  ingress:\n    - from:\n        - podSelector:\n            matchLabels:\n              app: client\n      ports:\n        - port: 8080\n',
    ),
  ],
  ['/shop/policies/broken.yaml', policy('broken', '  ingres:\n    - {}\n')],
  [
    '/shop/workloads/web.yaml',
    'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  namespace: shop\n  labels:\n    app: web\nspec:\n  containers:\n    - name: web\n      image: web\n      ports:\n        - containerPort: 8080\n',
  ],
  ['/shop/.gitignore', 'generated/\n'],
  ['/shop/generated/old.yaml', policy('old', '  ingress: []\n')],
]);

class MemoryFiles {
  constructor() {
    this.changes = new vscode.EventEmitter();
    this.onDidChangeFile = this.changes.event;
  }
  watch() {
    return new vscode.Disposable(() => undefined);
  }
  stat({ path }) {
    const text = files.get(path);
    if (text !== undefined) return { type: vscode.FileType.File, ctime: 0, mtime: 0, size: text.length };
    if ([...files.keys()].some((name) => name.startsWith(`${path}/`))) return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
    throw vscode.FileSystemError.FileNotFound(path);
  }
  readDirectory({ path }) {
    const start = path.endsWith('/') ? path : `${path}/`;
    const below = [...files.keys()].filter((name) => name.startsWith(start)).map((name) => name.slice(start.length));
    return [...new Set(below.map((name) => name.split('/')[0]))].map((name) => [
      name,
      below.includes(name) ? vscode.FileType.File : vscode.FileType.Directory,
    ]);
  }
  readFile({ path }) {
    const text = files.get(path);
    if (text === undefined) throw vscode.FileSystemError.FileNotFound(path);
    return new TextEncoder().encode(text);
  }
  writeFile(uri, content) {
    files.set(uri.path, new TextDecoder().decode(content));
    this.changes.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }
  createDirectory() {}
  delete() {}
  rename() {}
}

exports.activate = (context) => {
  context.subscriptions.push(vscode.workspace.registerFileSystemProvider('memfs', new MemoryFiles(), { isCaseSensitive: true }));
};
