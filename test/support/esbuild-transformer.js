const { transformSync } = require('esbuild');

/** Jest's transform: what esbuild makes of a file is what runs, in tests as in the bundle. */
module.exports = {
  process(source, filename) {
    const loader = filename.endsWith('ts') ? 'ts' : 'js';
    // Jest's own import() needs a flag of Node.js; in the bundle it is a require(), too.
    const supported = { 'dynamic-import': false };
    const options = { loader, format: 'cjs', target: 'node20', supported, sourcemap: 'inline' };
    return { code: transformSync(source, { ...options, sourcefile: filename }).code };
  },
};
