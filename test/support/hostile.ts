import { deployment } from '../../server/src/rules/examples.ts';
import { policyOf } from './cursor.ts';

/** A small generator of pseudo-random numbers in [0, 1), the same on every run. Source: mulberry32, public domain. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function randomBytes(length: number, seed: number): Uint8Array {
  const next = random(seed);
  return Uint8Array.from({ length }, () => Math.floor(next() * 256));
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const calico = 'apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: a}\nspec:\n';
const cilium = 'apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: a}\nspec:\n  endpointSelector: {}\n';
const head = 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\n';

function aliasBomb(): string {
  const levels = Array.from(
    { length: 30 },
    (_, i) => `  l${i}: &l${i} {${Array.from({ length: 9 }, (__, k) => `k${k}: ${i === 0 ? 'x' : `*l${i - 1}`}`).join(', ')}}`,
  );
  return `${head}spec:\n${levels.join('\n')}\n  podSelector: *l29\n`;
}

const times = 500;

/** A policy whose rules, and the lists in them, aliases repeat, with pods that it selects. `rule` and `item` in braces. */
const repeated = (start: string, rule: (items: string) => string, item: string): string =>
  `${start}  ingress:\n    - &r ${rule(`&i ${item}${', *i'.repeat(times)}`)}\n${'    - *r\n'.repeat(times)}---\n${deployment('a', 'default', '{containerPort: 80}')}`;

/** Texts that are meant to hurt, by name. `says` is part of the message that must tell where a limit stopped the work. */
export const hostileTexts: readonly { readonly name: string; readonly text: () => string; readonly says?: string }[] = [
  { name: 'random bytes', text: () => decode(randomBytes(200_000, 1)) },
  { name: 'random bytes behind a manifest', text: () => head + decode(randomBytes(200_000, 2)) },
  { name: '50 MB on one line', text: () => 'x'.repeat(50 << 20) },
  { name: '50 MB on one line in a manifest', text: () => `${head}spec: "${'x'.repeat(50 << 20)}"\n`, says: 'netpol reads up to 1 MiB' },
  { name: '50 MB of dashes', text: () => '-'.repeat(50 << 20) },
  { name: '10,000 levels of flow nesting', text: () => `${head}spec: ${'['.repeat(10_000)}`, says: 'nests deeper than' },
  {
    name: '10,000 levels of block nesting',
    text: () => `${head}spec:\n${Array.from({ length: 1_000 }, (_, i) => `${' '.repeat(i + 1)}a:`).join('\n')}\n${'- '.repeat(10_000)}x\n`,
    says: 'nest',
  },
  { name: 'an alias bomb', text: aliasBomb },
  { name: 'an alias that holds itself', text: () => `${head}spec: &a {podSelector: *a}\n` },
  {
    name: 'a truncated multi-byte character',
    text: () => decode(new TextEncoder().encode(`${head}spec: {podSelector: {matchLabels: {a: "é😀`).slice(0, -2)),
  },
  { name: 'half a surrogate pair', text: () => `${head}spec: {podSelector: {matchLabels: {a: "\ud83d"}}}\n` },
  { name: 'a megabyte of unexpected brackets', text: () => `${head}spec: ${']'.repeat(1_000_000)}`, says: 'YAML tokens' },
  { name: '100,000 document markers', text: () => `${head}---\n`.repeat(2_000) + '---\n'.repeat(100_000) },
  { name: '100,000 empty lines and one policy', text: () => '\n'.repeat(100_000) + head },
  { name: 'an open quote', text: () => `${head}spec: "${'a: b\n'.repeat(10_000)}` },
  { name: 'unclosed template actions', text: () => `${head}spec: ${'{{ '.repeat(20_000)}` },
  { name: 'unclosed variables', text: () => `${head}spec: [${'${a '.repeat(50_000)}` },
  { name: 'a line of 100,000 variables', text: () => `${head}spec: {a: [${'${x}, '.repeat(100_000)}\n` },
  { name: 'a line of 100,000 template actions', text: () => `${head}spec: ${'{{x}}'.repeat(100_000)}\n` },
  { name: 'a line of 100,000 template actions alone', text: () => `${head}spec:\n  podSelector: {}\n${'{{x}}'.repeat(100_000)}\n` },
  {
    name: '20,000 labels that a template writes',
    text: () => `${head}spec:\n  podSelector:\n    matchLabels:\n${'      a: {{x}}\n'.repeat(20_000)}`,
  },
  { name: 'an alias bomb in a template', text: () => `{{ x }}\n${aliasBomb()}` },
  { name: '100,000 blank lines in a bracket', text: () => `${head}spec: [\n${'\n'.repeat(100_000)}kind` },
  { name: '50,000 conditions in a selector of Calico', text: () => `${calico}  selector: ${"a == 'b' && ".repeat(50_000)}a == 'c'\n` },
  { name: '100,000 brackets in a selector of Calico', text: () => `${calico}  selector: ${'('.repeat(100_000)}\n`, says: 'nests deeper than' },
  {
    name: 'a rule of Cilium that aliases repeat 3,000 times',
    text: () => `${cilium}  ingress:\n    - &r\n      toPorts:\n${'        - ports: [{port: "80"}]\n'.repeat(300)}${'    - *r\n'.repeat(3_000)}`,
  },
  {
    name: 'rules and ports that aliases repeat',
    text: () => repeated(`${head}spec:\n  podSelector: {}\n`, (items) => `{ports: [${items}]}`, '{port: 81}'),
  },
  {
    name: 'rules and ports of Cilium that aliases repeat',
    text: () => repeated(cilium, (items) => `{toPorts: [${items}]}`, `{ports: [&p {port: "81"}${', *p'.repeat(times)}]}`),
  },
  {
    name: 'rules and ports of Calico that aliases repeat',
    text: () => repeated(calico, (items) => `{action: Allow, protocol: TCP, destination: {ports: [${items}]}}`, '81'),
  },
  {
    name: 'rules and ports of an administrator that aliases repeat',
    text: () =>
      repeated(
        `${head.replace('networking.k8s.io/v1\nkind: ', 'policy.networking.k8s.io/v1alpha1\nkind: Admin')}spec:\n  priority: 1\n  subject: {namespaces: {}}\n`,
        (items) => `{action: Allow, from: [{namespaces: {}}], ports: [${items}]}`,
        '{portNumber: {port: 81}}',
      ),
  },
  { name: 'NUL in the middle', text: () => policyOf('podSelector: {}\0\ningress: []\n') },
];
