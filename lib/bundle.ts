import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The directory of a function's bundled code, `dist/lambda` or `dist/deploy`, whether it is called from `lib/` in the
 * checkout or from `dist/lib/` in the package. Throws an `Error` if the code has not been built.
 */
export function bundleDirectory(name: 'lambda' | 'deploy', from: string = __dirname): string {
  const places = [join(from, '../dist', name), join(from, '..', name)];
  const place = places.find((directory) => existsSync(join(directory, 'index.js')));
  if (place !== undefined) return place;
  throw new Error(`the function's bundle dist/${name}/index.js is missing; run "npm run bundle"`);
}
