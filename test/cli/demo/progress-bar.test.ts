import { PassThrough } from 'node:stream';
import { withProgressBar } from '../../../cli/demo/progress-bar';

function fakeStream(isTTY: boolean) {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 120 });
  const written = () => String(stream.read() ?? '');
  return { stream: stream as unknown as NodeJS.WriteStream, written };
}

test('on a terminal it moves during the work, and is removed afterwards', async () => {
  const { stream, written } = fakeStream(true);
  let finish: (result: string) => void = () => {};
  const work = new Promise<string>((resolve) => {
    finish = resolve;
  });
  const counts = [500, 1500];
  const done = async () => {
    const count = counts.shift();
    if (count === undefined) finish('done');
    return count ?? 2000;
  };

  expect(await withProgressBar(work, stream, 2000, done)).toBe('done');

  const shown = written();
  expect(shown).toContain('25 %   500 of 2 000 rows');
  expect(shown).toContain('75 %   1 500 of 2 000 rows');
  expect(shown.endsWith('\u001b[2K')).toBe(true);
});

test('when counting fails, the bar stops and the work goes on', async () => {
  const { stream } = fakeStream(true);
  const work = new Promise((resolve) => setImmediate(resolve, 'done'));

  expect(await withProgressBar(work, stream, 2000, () => Promise.reject(new Error('gone')))).toBe(
    'done',
  );
});

test('without a terminal it shows and counts nothing', async () => {
  const { stream, written } = fakeStream(false);
  const done = jest.fn();

  expect(await withProgressBar(Promise.resolve('done'), stream, 2000, done)).toBe('done');

  expect(written()).toBe('');
  expect(done).not.toHaveBeenCalled();
});
