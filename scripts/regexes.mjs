// Says which regular expressions of the sources may take more than linear time on some text.
// usage: node scripts/regexes.mjs
import fs from 'node:fs';
import path from 'node:path';
import { RegExpParser } from '@eslint-community/regexpp';
import { parse } from 'acorn';
import { transformSync } from 'esbuild';
import { analyse } from 'scslre';

const parser = new RegExpParser();
let found = 0;
let looked = 0;

/** Every regular expression literal below a node of a syntax tree. */
function* literals(node) {
  if (!node || typeof node !== 'object') return;
  if (node.type === 'Literal' && node.regex) yield node.regex;
  for (const child of Object.values(node)) {
    if (Array.isArray(child)) for (const one of child) yield* literals(one);
    else if (child && typeof child === 'object' && typeof child.type === 'string') yield* literals(child);
  }
}

for (const folder of ['server/src', 'client/src', 'client/diagram']) {
  for (const name of fs.readdirSync(folder, { recursive: true })) {
    if (!name.endsWith('.ts')) continue;
    const file = path.join(folder, name);
    const { code } = transformSync(fs.readFileSync(file, 'utf8'), { loader: 'ts' });
    for (const { pattern, flags } of literals(parse(code, { ecmaVersion: 'latest', sourceType: 'module' }))) {
      looked++;
      const literal = parser.parseLiteral(`/${pattern}/${flags}`);
      for (const report of analyse(literal, { reportTypes: { Move: false }, assumeRejectingSuffix: true }).reports) {
        found++;
        console.error(
          `${file}: /${pattern}/${flags} may take ${report.exponential ? 'exponential' : 'polynomial'} time (${report.type}); write it without two quantifiers that match the same text.`,
        );
      }
    }
  }
}
console.log(`${looked} regular expressions, ${found} that may be slow`);
if (found > 0) process.exitCode = 1;
