import type { Diagnostic } from 'vscode-languageserver-protocol/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { deployment, documents, policyNamed } from '../../server/src/rules/examples.ts';
import { type Asked, isInside, questions, textAfterActions } from './fuzzQuestions.ts';
import { random } from './hostile.ts';
import type { TestServer } from './server.ts';
import { pieces } from './yamlLike.ts';

export interface FuzzOptions {
  /** Of the generator: the same seed makes the same edits. */
  readonly seed: number;
  readonly edits: number;
  /** Longest text, in UTF-16 code units; longer ones are cut. */
  readonly longest?: number;
  /** Hears of every thousand edits. */
  readonly progress?: (done: number) => void;
}

const cilium = (kind: string, spec: string) => `apiVersion: cilium.io/v2\nkind: ${kind}\nmetadata:\n  name: c\n  namespace: shop\nspec:\n${spec}`;
const calico = (kind: string, spec: string) => `apiVersion: projectcalico.org/v3\nkind: ${kind}\nmetadata:\n  name: guard.c\nspec:\n${spec}`;

/** What the edits start from and come back to, by turns. */
const beginnings = [
  documents(
    deployment('web', 'shop', '{name: http, containerPort: 8080}'),
    cilium(
      'CiliumNetworkPolicy',
      '  endpointSelector:\n    matchLabels:\n      k8s:app: web\n  ingress:\n    - fromEndpoints:\n        - matchLabels: {any:app: api}\n      toPorts:\n        - ports: [{port: "8080", protocol: TCP}]\n          rules:\n            http:\n              - method: GET\n                path: /public\n  egressDeny:\n    - toEntities: [host]\n  egress:\n    - toFQDNs:\n        - matchPattern: "*.example.com"\n    - toCIDRSet:\n        - cidr: 10.0.0.0/8\n          except: [10.1.0.0/16]\n        - cidrGroupRef: c\n',
    ),
    cilium('CiliumCIDRGroup', '  externalCIDRs: [192.0.2.0/24]\n'),
    calico('Tier', '  order: 10\n  defaultAction: Pass\n'),
    calico(
      'GlobalNetworkPolicy',
      "  tier: guard\n  order: 5\n  selector: app == 'web' && !(tier in {'a', 'b'} || has(x))\n  namespaceSelector: projectcalico.org/name == 'shop'\n  types: [Ingress]\n  ingress:\n    - action: Pass\n      protocol: TCP\n      source:\n        selector: app != 'api'\n        notNets: [10.0.0.0/8]\n      destination:\n        ports: [8080, 'http', '90:99']\n    - action: Deny\n",
    ),
    calico('GlobalNetworkSet', '  nets: [198.51.100.0/24]\n'),
  ),
  documents(
    deployment('web', 'shop', '{name: http, containerPort: 8080}'),
    policyNamed(
      'web',
      'shop',
      'podSelector:\n  matchLabels:\n    app: web\npolicyTypes: [Ingress, Egress]\ningress:\n  - from:\n      - podSelector: {matchLabels: {app: api}}\n      - ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}\n      - ipBlock: {cidr: 0.0.0.0/0}\n      - ipBlock: {cidr: "::/0"}\n    ports:\n      - port: http\n      - port: 80\n        endPort: 90\negress:\n  - ports: [{port: 53, protocol: UDP}, {port: 53}]',
    ),
    policyNamed('deny', 'shop', 'podSelector: {}\npolicyTypes: [Ingress]'),
  ),
  documents(
    'apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: apps}\nspec:\n  generators:\n    - git:\n        directories: [{path: a/*}, {path: a/b, exclude: true}]\n  template:\n    spec:\n      source: {path: "{{path}}", directory: {recurse: true}}\n      destination: {namespace: "{{path.basename}}-${ENV}"}\n',
    'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: here}\nspec:\n  path: .\n  targetNamespace: shop\n  namePrefix: my-\n  patches:\n    - target: {kind: NetworkPolicy}\n      patch: |\n        - {op: add, path: /spec/ingress/0/ports, value: [{port: 80}]}\n',
    deployment('web', '', '{name: http, containerPort: 8080}'),
    policyNamed(
      'web',
      '',
      'podSelector:\n  matchLabels:\n    app: ${APP:=web}\ningress:\n  - from:\n      - podSelector: {matchLabels: {app: $(API)}}\n      - ipBlock: {cidr: "${NET}/8"}\n    ports: [{port: $PORT}]\negress: []',
    ),
  ),
  documents(
    'apiVersion: fluxcd.controlplane.io/v1\nkind: ResourceSet\nmetadata: {name: tenants}\nspec:\n  inputs: [{tenant: a}]\n  resources:\n    - apiVersion: networking.k8s.io/v1\n      kind: NetworkPolicy\n      metadata:\n        name: isolate\n        namespace: << inputs.tenant >>\n      spec:\n        podSelector: {}\n        policyTypes: [Ingress, Egress]\n        egress:\n          - to:\n              - namespaceSelector: {matchLabels: {team: << inputs.tenant >>}}\n            ports:\n              - port: 443\n',
    'apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: deny}\nspec:\n  rules:\n    - generate:\n        apiVersion: networking.k8s.io/v1\n        kind: NetworkPolicy\n        name: deny\n        data:\n          spec:\n            podSelector: {}\n            ingress:\n              - from: [{ipBlock: {cidr: 10.0.0.0/8}}]\n',
    'extraObjects:\n  - apiVersion: cilium.io/v2\n    kind: CiliumNetworkPolicy\n    metadata: {name: web}\n    spec:\n      endpointSelector: {}\n      egress:\n        - toFQDNs: [{matchName: example.org}]\n',
    policyNamed('web', 'shop', 'podSelector: {}\npolicyTypes: [Ingress]'),
  ),
  documents(
    deployment('web', 'shop', '{name: http, containerPort: 8080}'),
    'apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\nmetadata: {name: guard}\nspec:\n  priority: 5\n  subject: {namespaces: {}}\n  ingress:\n    - action: Pass\n      from: [{pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}}]\n      ports: [{portNumber: {protocol: TCP, port: 8080}}]\n  egress:\n    - action: Deny\n      to: [{networks: [0.0.0.0/0, "::/0"]}]\n',
    'apiVersion: policy.networking.k8s.io/v1beta1\nkind: ClusterNetworkPolicy\nmetadata: {name: base}\nspec:\n  tier: Baseline\n  priority: 1\n  subject: {pods: {namespaceSelector: {}, podSelector: {}}}\n  egress:\n    - action: Accept\n      to: [{domainNames: ["*.example.org"]}]\n      protocols: [{tcp: {destinationPort: {range: {start: 80, end: 90}}}}]\n',
    policyNamed(
      'web',
      'shop',
      'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from: [{ipBlock: {cidr: "::/0"}}, {ipBlock: {cidr: 0.0.0.0/0}}]',
    ),
  ),
  `${JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'List',
      items: [
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { team: 'a' } } },
        {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicy',
          metadata: { name: 'web', namespace: 'shop' },
          spec: { podSelector: {}, ingress: [{ from: [{ podSelector: {} }, { ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ port: 'http' }] }] },
        },
      ],
    },
    undefined,
    2,
  )}\n`,
] as const;

/** Longest time in ms that an answer may take. */
const longestAnswer = 1000;

/**
 * Edits texts at random against a running server, and throws where it dies, takes more than a second to answer, says that something
 * of it failed, points outside a text, knows something else than a server that has just read the text, or offers edits that cannot be
 * made. The error names seed, edit and text.
 */
export async function fuzz(server: TestServer, { seed, edits, longest = 3000, progress }: FuzzOptions): Promise<void> {
  const next = random(seed);
  const below = (limit: number) => Math.floor(next() * limit);
  const of = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const uri = `file:///fuzz/${seed}/a.yaml`;
  const beginning = beginnings[seed % beginnings.length] as string;
  let version = 1;
  let text = TextDocument.create(uri, 'yaml', version, beginning);
  let done = 0;
  const logged = server.notifications.length;
  const fail = (what: string): never => {
    throw new Error(`Seed ${seed}, edit ${done}: ${what}. The text: ${JSON.stringify(text.getText())}`);
  };

  /** Tries again what is late, as often as there are questions: what takes long takes long twice, and what a busy machine holds up does not. */
  async function timely<T>(what: string, ...questions: readonly (() => Promise<T>)[]): Promise<T> {
    for (const question of questions) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<undefined>((resolve) => {
        timer = setTimeout(() => resolve(undefined), longestAnswer);
      });
      try {
        const found = await Promise.race([question().then((answer) => ({ answer })), late]);
        if (found) return found.answer;
      } catch (error) {
        fail(`${what}: ${String(error)}`);
      } finally {
        clearTimeout(timer);
      }
    }
    return fail(`${what}: no answer within ${longestAnswer} ms`);
  }
  const ask = <T>(method: string, params: object): Promise<T> => {
    const question = () => server.connection.sendRequest<T>(method, params);
    return timely(method, question, question);
  };

  const asked = (): Asked => ({ uri, text, below, ask, fail });

  const shown = (list: readonly Diagnostic[]): string =>
    JSON.stringify(list.map(({ range, code, message, severity }) => [range, code, severity, message]));

  /** What is said of the text now, each in its place. */
  async function checked(): Promise<readonly Diagnostic[]> {
    const found = await timely('diagnostics', () => server.diagnostics(uri, version));
    for (const { range, message } of found) if (!isInside(range, text)) fail(`a finding outside the text, ${JSON.stringify(range)}: ${message}`);
    return found;
  }

  async function likeAnew(found: readonly Diagnostic[]): Promise<void> {
    const other = `file:///fuzz/${seed}-anew-${done}/a.yaml`;
    await server.open(other, text.getText());
    const fresh = await timely('diagnostics', () => server.diagnostics(other));
    if (shown(found) !== shown(fresh)) fail(`findings ${shown(found)}, and ${shown(fresh)} of the same text anew`);
    await server.connection.sendNotification('textDocument/didClose', { textDocument: { uri: other } });
    server.published.delete(other);
  }

  /** The text after one of the actions that are offered for all of it. */
  const mended = (): Promise<string | undefined> => {
    const range = { start: { line: 0, character: 0 }, end: text.positionAt(text.getText().length) };
    return textAfterActions(range, below(2) === 0 ? ['source.fixAll'] : undefined, asked());
  };

  async function change(from: number, to: number, newText: string): Promise<void> {
    version++;
    const range = { start: text.positionAt(from), end: text.positionAt(to) };
    // Between the halves of a pair, or of a line break, an editor never is: the document says where that ends up.
    text = TextDocument.update(text, [{ range, text: newText }], version);
    await server.change(uri, version, [{ range, text: newText }]);
  }

  await server.open(uri, beginning);
  for (done = 1; done <= edits; done++) {
    const now = text.getText();
    const at = below(now.length + 1);
    const lines = now.split('\n');
    switch (below(10)) {
      case 0:
      case 1:
      case 2:
      case 3:
        await change(at, at, of(pieces));
        break;
      case 4:
        await change(at, Math.min(now.length, at + below(12)), '');
        break;
      case 5:
        await change(at, Math.min(now.length, at + below(6)), of(pieces));
        break;
      case 6: {
        // A line, doubled or gone.
        const line = below(lines.length);
        const start = lines.slice(0, line).join('\n').length + (line > 0 ? 1 : 0);
        const end = Math.min(now.length, start + (lines[line]?.length ?? 0) + 1);
        await change(start, below(2) === 0 ? start : end, below(2) === 0 ? now.slice(start, end) : '');
        break;
      }
      case 7:
        // One character, as people type.
        await change(at, at, of([...'aehiklmnopst: -{}[]"\'#,\n&*!|>0189./']));
        break;
      default: {
        // A word of the text elsewhere, or deeper.
        const words = now.match(/\w+/g) ?? ['x'];
        await change(at, at, below(2) === 0 ? of(words) : `\n${' '.repeat(below(12))}${of(words)}: `);
      }
    }
    // What no longer parses is asked little of: now and then it is mended.
    if (text.getText().length > longest || below(80) === 0) await change(0, text.getText().length, beginning);
    if (done % 20 === 0) await checked();
    if (done % 10 === 0) await of(questions)(asked());
    if (done % 250 === 0) {
      await likeAnew(await checked());
      const after = await mended();
      if (after !== undefined && below(4) === 0) await change(0, text.getText().length, after);
    }
    if (server.child.exitCode !== null) fail('the server has ended');
    const told = server.notifications
      .slice(logged)
      .find(({ method, params }) => method === 'window/logMessage' && /failed/.test((params as { message: string }).message));
    if (told) fail(`the server says: ${(told.params as { message: string }).message}`);
    if (done % 1000 === 0) progress?.(done);
  }
  await server.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  server.published.delete(uri);
}
