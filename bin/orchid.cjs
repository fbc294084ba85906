#!/usr/bin/env node
// `orchid`: from the sources where there are any, so that it is never stale; from the build in an image.
'use strict';

const { existsSync } = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '..');
const isCheckout = existsSync(path.join(root, 'apps/cli/src/main.ts'));
if (isCheckout) {
  // The register reads the tsconfig of the current folder unless it is told which one.
  process.env.SWC_NODE_PROJECT = path.join(root, 'tsconfig.json');
  require('@swc-node/register');
}
const base = isCheckout ? root : path.join(root, 'dist');
const entry = process.argv[2] === 'stack' ? 'tools/stack/main' : 'apps/cli/src/main';
if (process.argv[2] === 'stack') process.argv.splice(2, 1);
require(path.join(base, entry));
