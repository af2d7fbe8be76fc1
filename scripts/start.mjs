// Sets everything up and opens VS Code with the extension on the example workspace.
// usage: npm start [-- --desktop] [-- --port N] [-- --folder DIR]
import path from 'node:path';
import { openInBrowser, which } from './lib/browser.mjs';
import { prepareData, serveVSCode } from './lib/serve.mjs';
import { buildAndPackage, installDependencies, installHost, vsix } from './lib/setup.mjs';
import { Failure, fail, root, run, step } from './lib/step.mjs';

const option = (name) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};
const examples = path.join(root, 'examples');
const folder = path.resolve(option('--folder') ?? examples);

async function desktop() {
  if (!which('code'))
    throw new Failure('The command "code" was not found: install it from VS Code with "Shell Command: Install \'code\' command in PATH".');
  await step('install the extension into VS Code', () => run('code', ['--install-extension', vsix, '--force']));
  await run('code', [folder, ...(folder === examples ? [path.join(folder, 'broken/network-policies.yaml')] : [])]);
}

async function served() {
  await step('install VS Code (once, about 600 MB)', installHost);
  const dataFolder = path.join(root, '.cache/vscode-data');
  await step('install the extension into it', () => prepareData(dataFolder));
  const { address, stop } = await serveVSCode({ dataFolder, port: option('--port') });
  const page = `${address}/?folder=${encodeURI(folder)}`;
  const opened = openInBrowser(page);
  console.log(`\n${opened ? 'Opened' : 'Open'} ${page}\n${folder === examples ? 'Start with broken/network-policies.yaml. ' : ''}End with Ctrl+C.`);
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      stop();
      process.exit();
    });
  }
}

try {
  await step('install dependencies', installDependencies);
  await step('build and package the extension', buildAndPackage);
  await (process.argv.includes('--desktop') ? desktop() : served());
} catch (error) {
  fail(error);
}
