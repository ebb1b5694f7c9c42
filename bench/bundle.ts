import { type BuildOptions, buildSync } from 'esbuild';
import { scratchPath } from './scratch';

/** Bundles a source with the options of the stack's own bundle; returns the path of the file. */
export function bundled(name: string, source: Pick<BuildOptions, 'entryPoints' | 'stdin'>): string {
  const outfile = scratchPath(`${name}.js`);
  buildSync({
    ...source,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    mainFields: ['module', 'main'],
    outfile,
    logLevel: 'warning',
  });
  return outfile;
}
