// Builds and packages the extension into .cache/netpol.vsix, where it is not current.
import { buildAndPackage } from './lib/setup.mjs';
import { fail, step } from './lib/step.mjs';

try {
  await step('build and package the extension', buildAndPackage);
} catch (error) {
  fail(error);
}
