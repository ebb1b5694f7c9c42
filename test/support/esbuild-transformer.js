const { transformSync } = require('esbuild');

/** Jest's transform: what esbuild makes of a file is what runs, in tests as in the bundle. */
module.exports = {
  process(source, filename) {
    const loader = filename.endsWith('ts') ? 'ts' : 'js';
    const options = { loader, format: 'cjs', target: 'node20', sourcemap: 'inline' };
    return { code: transformSync(source, { ...options, sourcefile: filename }).code };
  },
};
