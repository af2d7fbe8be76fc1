// Finds a browser that Playwright can drive, or installs one.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Failure, node, root, run } from './step.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge', 'microsoft-edge-stable'];
const applications = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];

/** Path of a program on this machine, undefined where there is none. */
export function which(name) {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const file = path.join(folder, name);
    if (fs.existsSync(file) && fs.statSync(file).isFile()) return file;
  }
  return undefined;
}

function installed() {
  const named = process.env.NETPOL_BROWSER;
  if (named) {
    if (fs.existsSync(named)) return named;
    throw new Failure(`NETPOL_BROWSER names ${named}, and there is no such file.`);
  }
  return names.map(which).find(Boolean) ?? applications.find((file) => fs.existsSync(file));
}

async function playwrightBrowser() {
  const { chromium } = await import('playwright-core');
  return fs.existsSync(chromium.executablePath()) ? chromium.executablePath() : undefined;
}

/** Whether packages can be installed with apt-get without asking anybody. */
export function canInstallDebianPackages() {
  return process.platform === 'linux' && process.getuid?.() === 0 && which('apt-get') !== undefined;
}

/** Installs Debian packages. */
export async function installDebianPackages(...packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { env });
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env });
}

/** Path of Chrome, Chromium or Edge: found, or installed by apt as root on Debian, by Playwright elsewhere. */
export async function findBrowser() {
  const found = installed() ?? (await playwrightBrowser());
  if (found) return found;
  try {
    if (canInstallDebianPackages()) await installDebianPackages('chromium', 'fonts-dejavu-core');
    else await run(node, [path.join(root, 'node_modules/playwright-core/cli.js'), 'install', 'chromium']);
  } catch {
    // Said below, in one sentence.
  }
  const now = installed() ?? (await playwrightBrowser());
  if (now) return now;
  throw new Failure(
    'No browser was found and none could be installed: install Google Chrome, Chromium or Microsoft Edge, or name one in NETPOL_BROWSER.',
  );
}

/** Opens an address in the user's browser where there is a desktop; false where there is none. */
export function openInBrowser(address) {
  const opener = process.platform === 'darwin' ? 'open' : process.env.DISPLAY || process.env.WAYLAND_DISPLAY ? 'xdg-open' : undefined;
  if (!opener || !which(opener) || process.env.CI) return false;
  try {
    execFileSync(opener, [address], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
