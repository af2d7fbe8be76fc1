// Writes what is made from the rules' own files: their registry, a page each in docs/rules, and the README's table.
// usage: node scripts/generate.mjs [--check]   (--check writes nothing and fails where something is not current)
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { getL10nJson } from '@vscode/l10n-dev';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const rulesFolder = path.join(root, 'server/src/rules');
const ids = fs
  .readdirSync(rulesFolder)
  .filter((name) => name.endsWith('.ts') && /^export const rule: Rule\b/m.test(fs.readFileSync(path.join(rulesFolder, name), 'utf8')))
  .map((name) => name.slice(0, -3))
  .sort();

const camel = (id) => id.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
const outputs = new Map();

outputs.set(
  'server/src/rules/registry.ts',
  `// Made by scripts/generate.mjs from the files of this folder.\n${ids
    .map((id) => `import { rule as ${camel(id)} } from './${id}.ts';`)
    .join(
      '\n',
    )}\nimport type { Rule } from './rule.ts';\n\n/** Every rule, by id. */\nexport const rules: readonly Rule[] = [\n${ids.map((id) => `  ${camel(id)},`).join('\n')}\n];\n`,
);

outputs.set(
  'server/src/rules/pages.ts',
  `// Made by scripts/generate.mjs from the files of this folder. Apart from the registry: only the command line carries the pages.\n${ids
    .map((id) => `import { page as ${camel(id)} } from './${id}.ts';`)
    .join(
      '\n',
    )}\nimport type { RulePage } from './rule.ts';\n\n/** The page of every rule, by id. */\nexport const pages: Readonly<Record<string, RulePage>> = {\n${ids.map((id) => `  '${id}': ${camel(id)},`).join('\n')}\n};\n`,
);

const categories = {
  'api-server': 'The API server rejects it',
  meaning: 'Accepted, and not what it seems',
  posture: 'Posture',
  engine: 'Network plugin',
};
const withoutCarets = (text) => text.replace(/^#[ <]*\^.*\n/gm, '').trimEnd();
const yamlBlock = (text) => `\`\`\`yaml\n${withoutCarets(text)}\n\`\`\``;

function pageText({ rule, page }) {
  const bad = page.examples.map((example) =>
    [
      yamlBlock(example.bad),
      ...Object.entries(example.beside ?? {}).flatMap(([name, text]) => [`Beside it, ${name}:`, yamlBlock(text)]),
      ...(example.fixed === undefined ? [] : ['The quick fix makes it:', yamlBlock(example.fixed)]),
    ].join('\n\n'),
  );
  return (
    [
      `# ${rule.id}`,
      `Flags ${rule.summary}.`,
      `${categories[rule.category]}. Default severity: ${rule.severity}.${rule.scope ? ' Looks at the other files of the workspace.' : ''}${rule.engines ? ` Network plugins: ${rule.engines.join(', ')}.` : ''}`,
      '## Why it matters',
      page.why,
      '## How to fix it',
      page.fix,
      '## When to ignore it',
      page.ignore,
      `Severity: \`"netpol.rules": { "${rule.id}": "off" }\` in the settings. One place: a comment \`# netpol-ignore ${rule.id}\` behind the line or above it; above the first line, it is for the whole document.`,
      '## Examples',
      ...bad,
      'Nothing to flag:',
      ...page.good.map(yamlBlock),
      '## Source',
      page.source,
      '',
    ]
      .join('\n\n')
      .trimEnd() + '\n'
  );
}

for (const [name, text] of outputs) write(name, text);
const modules = [];
for (const id of ids) modules.push(await import(pathToFileURL(path.join(rulesFolder, `${id}.ts`)).href));
for (const module of modules) write(`docs/rules/${module.rule.id}.md`, pageText(module));

const folder = path.join(root, 'docs/rules');
if (fs.existsSync(folder)) {
  for (const name of fs.readdirSync(folder)) {
    if (ids.includes(name.slice(0, -3))) continue;
    if (process.argv.includes('--check')) fail(`docs/rules/${name} belongs to no rule`);
    else fs.rmSync(path.join(folder, name));
  }
}

const table = Object.entries(categories)
  .map(([category, title]) => {
    const rows = modules.filter(({ rule }) => rule.category === category);
    if (rows.length === 0) return '';
    return `**${title}**\n\n| rule | severity | flags |\n| --- | --- | --- |\n${rows
      .map(({ rule }) => `| [${rule.id}](docs/rules/${rule.id}.md) | ${rule.severity} | ${rule.summary} |`)
      .join('\n')}\n`;
  })
  .filter(Boolean)
  .join('\n');
const readmePath = path.join(root, 'README.md');
if (fs.existsSync(readmePath)) {
  const readme = fs.readFileSync(readmePath, 'utf8');
  write(
    'README.md',
    readme.replace(/(<!-- rules -->\n)[\s\S]*?(<!-- \/rules -->)/, (_, open, close) => `${open}\n${table}\n${close}`),
  );
}

const manifestPath = path.join(root, 'package.json');
const manifest = JSON.parse(fs.readFileSync(manifestPath, 'utf8'));
const setting = manifest.contributes?.configuration?.properties?.['netpol.rules'];
const levels = ['error', 'warning', 'information', 'hint', 'off'];
const capital = (text) => `${text[0].toUpperCase()}${text.slice(1)}`;
const { configType } = await import(pathToFileURL(path.join(rulesFolder, 'config.ts')).href);
const { engine } = configType.fields;
// What people read of package.json stands in package.nls.json, where a translation stands beside it.
const stringsPath = path.join(root, 'package.nls.json');
const handWritten = Object.entries(fs.existsSync(stringsPath) ? JSON.parse(fs.readFileSync(stringsPath, 'utf8')) : {}).filter(
  ([key]) => !/^(rule|category|engine)\./.test(key),
);
if (setting) {
  const made = [
    ...Object.entries(categories).map(([category, title]) => [
      `category.${category}`,
      `Every rule of the category “${title}” that is not named itself.`,
    ]),
    ...modules.map(({ rule }) => [`rule.${rule.id}`, `${capital(rule.summary)}.`]),
    ...Object.entries(engine.type.values).map(([name, text]) => [`engine.${name}`, text]),
  ];
  setting.properties = Object.fromEntries([
    ...Object.keys(categories).map((category) => [category, { enum: levels, description: `%category.${category}%` }]),
    ...modules.map(({ rule }) => [rule.id, { enum: levels, default: rule.severity, description: `%rule.${rule.id}%` }]),
  ]);
  const choice = manifest.contributes.configuration.properties['netpol.engine'];
  choice.enum = Object.keys(engine.type.values);
  choice.enumDescriptions = Object.keys(engine.type.values).map((name) => `%engine.${name}%`);
  write('package.json', `${JSON.stringify(manifest, null, 2)}\n`);
  write('package.nls.json', `${JSON.stringify(Object.fromEntries([...handWritten, ...made]), null, 2)}\n`);
}

/** Every string that the program shows by `l10n.t`, for translators: a translation is a bundle.l10n.<language>.json beside it. */
const sources = ['client/src', 'client/diagram', 'server/src'].flatMap((folder) =>
  fs
    .readdirSync(path.join(root, folder), { recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => ({ extension: '.ts', contents: fs.readFileSync(path.join(root, folder, name), 'utf8') })),
);
write('l10n/bundle.l10n.json', `${JSON.stringify(await getL10nJson(sources), null, 2)}\n`);

/** A field table as JSON Schema, for editors that complete by that. */
function schemaOf(type, description) {
  const common = description ? { description } : {};
  if (type.is === 'object') {
    const properties = Object.fromEntries(Object.entries(type.fields).map(([key, field]) => [key, schemaOf(field.type, field.doc)]));
    return { ...common, type: 'object', additionalProperties: false, properties };
  }
  if (type.is === 'list') return { ...common, type: 'array', items: schemaOf(type.of) };
  // YAML 1.1 takes "off" for false.
  const values = type.values && Object.keys(type.values);
  return values ? { ...common, enum: values.includes('off') ? [...values, false] : values } : { ...common, type: 'string' };
}

write(
  'schemas/netpol.schema.json',
  `${JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', title: '.netpol.yaml', ...schemaOf(configType) }, null, 2)}\n`,
);

function write(name, text) {
  const file = path.join(root, name);
  if (/\.(ts|json|md)$/.test(name)) text = formatted(name, text);
  const current = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
  if (current === text) return;
  if (process.argv.includes('--check')) return fail(`${name} is not current; run: node scripts/generate.mjs`);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
  console.log(`wrote ${name}`);
}

/** As the formatter would leave it, so that neither undoes the other. */
function formatted(name, text) {
  const biome = path.join(root, 'node_modules/@biomejs/biome/bin/biome');
  const { stdout, status, stderr } = spawnSync(process.execPath, [biome, 'check', '--write', `--stdin-file-path=${name}`], {
    cwd: root,
    input: text,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`Formatting ${name} failed: ${stderr}`);
  return stdout;
}

function fail(message) {
  console.error(message);
  process.exitCode = 1;
}
