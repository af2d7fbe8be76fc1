import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import oniguruma from 'vscode-oniguruma';
import textmate, { type IGrammar, type IRawGrammar } from 'vscode-textmate';

/** VS Code's own YAML grammar, from the VS Code that the end-to-end tests run. */
const yamlFolder = '.cache/vscode-host/node_modules/code-server/lib/vscode/extensions/yaml/syntaxes';
const wasm = createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm');

const text = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
spec:
  podSelector:
    matchLabels:
      app: podSelector
  policyTypes:
    - Ingress
  ingress:
    - from:
        - ipBlock:
            cidr: 10.0.0.0/8
            except: ["10.1.0.0/16", 2001:db8::/32]
      ports: [{protocol: UDP, port: 53}]
# podSelector: 10.0.0.0/8
`;

async function grammarOf(injected: boolean): Promise<IGrammar> {
  await oniguruma.loadWASM(readFileSync(wasm).buffer as ArrayBuffer).catch(() => undefined);
  const files: Readonly<Record<string, string>> = {
    'source.yaml': `${yamlFolder}/yaml.tmLanguage.json`,
    ...Object.fromEntries(
      ['1.0', '1.1', '1.2', '1.3', 'embedded'].map((name) => [`source.yaml.${name}`, `${yamlFolder}/yaml-${name}.tmLanguage.json`]),
    ),
    'netpol.injection': 'syntaxes/netpol.injection.tmLanguage.json',
  };
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns: string[]) => new oniguruma.OnigScanner(patterns),
      createOnigString: (string: string) => new oniguruma.OnigString(string),
    }),
    loadGrammar: async (scope) => (files[scope] ? (JSON.parse(readFileSync(files[scope], 'utf8')) as IRawGrammar) : null),
    getInjections: (scope) => (injected && scope === 'source.yaml' ? ['netpol.injection'] : []),
  });
  const grammar = await registry.loadGrammar('source.yaml');
  if (!grammar) throw new Error('The YAML grammar was not found.');
  return grammar;
}

/** Each character's scopes, line by line. */
function scopesOf(grammar: IGrammar, source: string): readonly (readonly string[][])[] {
  let state = textmate.INITIAL;
  return source.split('\n').map((line) => {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    return tokens.flatMap(({ startIndex, endIndex, scopes }) => Array<string[]>(endIndex - startIndex).fill(scopes)).slice(0, line.length);
  });
}

const isOurs = (scope: string) => scope.endsWith('.netpol');

describe.skipIf(!existsSync(yamlFolder))('the injection grammar', async () => {
  if (!existsSync(yamlFolder)) {
    console.log('skipped: the grammar test needs the VS Code of the end-to-end tests');
    return;
  }
  const [plain, injected] = await Promise.all([grammarOf(false), grammarOf(true)]);
  const marked = scopesOf(injected, text);
  const at = (word: string, occurrence = 1) => {
    let offset = -1;
    for (let i = 0; i < occurrence; i++) offset = text.indexOf(word, offset + 1);
    const line = text.slice(0, offset).split('\n').length - 1;
    const column = offset - text.lastIndexOf('\n', offset) - 1;
    return (marked[line]?.[column] ?? []).filter(isOurs);
  };

  test.each([
    ['NetworkPolicy', 1, ['entity.name.type.policy.netpol']],
    ['podSelector', 1, ['support.type.peer.netpol']],
    ['podSelector', 2, []],
    ['podSelector', 3, []],
    ['matchLabels', 1, ['support.type.selector.netpol']],
    ['policyTypes', 1, ['support.type.policy-types.netpol']],
    ['Ingress', 1, ['constant.language.policy-type.netpol']],
    ['ingress', 1, ['meta.policy.rule.netpol']],
    ['ipBlock', 1, ['support.type.peer.netpol']],
    ['cidr', 1, ['support.type.cidr.netpol']],
    ['10.0.0.0/8', 1, ['constant.numeric.cidr.netpol']],
    ['10.1.0.0/16', 1, ['constant.numeric.cidr.netpol']],
    ['2001:db8::/32', 1, ['constant.numeric.cidr.netpol']],
    ['UDP', 1, ['constant.language.protocol.netpol']],
    ['10.0.0.0/8', 2, []],
    ['name', 1, []],
  ])('%s (%d) is marked %j', (word, occurrence, scopes) => {
    expect(at(word, occurrence)).toEqual(scopes);
  });

  test("YAML's own scopes stay what they are without it", () => {
    const others = [text, 'on:\n  push:\n    ports: [80]\nfrom: "x: y"\ncidr: a b\n- podSelector:\n? ingress\n: |\n  cidr: 10.0.0.0/8\n'];
    for (const source of others) {
      const before = scopesOf(plain, source);
      const after = scopesOf(injected, source).map((line) => line.map((scopes) => scopes.filter((scope) => !isOurs(scope))));
      expect(after).toEqual(before);
    }
  });
});
