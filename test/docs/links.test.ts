import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { files } from '../../package.json';
import { PAGES, readPage } from './pages';

const ROOT = join(__dirname, '../..');

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  const text = page.replaceAll(/^```.*?^```$/gms, '');
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** Links into the project, each with the file and the heading that it leads to. */
function linksOf(path: string) {
  const links = readPage(path).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g);
  return [...links].map(([link, target = '', anchor]) => ({
    link,
    file: target === '' ? path : join(path, '..', target),
    anchor,
  }));
}

it.each(PAGES)('%s links to files and headings that there are', (path) => {
  for (const { link, file, anchor } of linksOf(path)) {
    expect([link, existsSync(join(ROOT, file))]).toEqual([link, true]);
    if (anchor !== undefined) {
      expect([link, ...anchorsOf(readPage(file))]).toContain(anchor);
    }
  }
});

it.each(PAGES.filter((path) => path.startsWith('docs/')))('the README links to %s', (path) => {
  expect(readPage('README.md')).toContain(`](${path}`);
});

it.each(['README.md', ...PAGES.filter((path) => path.startsWith('docs/'))])(
  '%s links to files that are in the package',
  (path) => {
    const packed = (file: string) =>
      files.some((name) => file === name || file.startsWith(`${name}/`));

    for (const { link, file } of linksOf(path)) {
      expect([link, file === 'README.md' || packed(file)]).toEqual([link, true]);
    }
  },
);

it.each(PAGES)('%s names files that there are', (path) => {
  // Those that a deployment or a build writes are not there yet.
  const written = /^(dist|cdk\.out)\//;
  const named = readPage(path).matchAll(/`([\w.-]+(?:\/[\w.-]+)*(?:\/|\.(?:ts|js|md)))`/g);
  const files = [...named].flatMap(([, file = '']) => (written.test(file) ? [] : file));

  expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});
