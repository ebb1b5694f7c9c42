const { execFileSync } = require('node:child_process');
const { existsSync, rmSync } = require('node:fs');

// The Node 24 binary is here for the end-to-end tests alone: linked into .bin it would run every npm script.
rmSync('node_modules/.bin/node', { force: true });

if (existsSync('.git')) execFileSync('git', ['config', 'core.hooksPath', '.githooks']);
