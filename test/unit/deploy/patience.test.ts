import { isDenied, onceAllowed } from '../../../lambda/deploy/patience';
import { DeploymentFailure } from '../../../lambda/deploy/world';
import { SettingsError } from '../../../lambda/errors';
import { fakeClock } from '../../support/fake-clock';

const denied = () =>
  new DeploymentFailure(
    'nothing-made',
    new SettingsError('the secret could not be read', {
      cause: Object.assign(new Error('not allowed'), { name: 'AccessDeniedException' }),
    }),
  );

async function trying(denials: number, error: () => Error = denied) {
  const clock = fakeClock(600_000);
  const notes: string[] = [];
  let tries = 0;
  const work = async () => {
    tries += 1;
    if (tries <= denials) throw error();
    return 'done';
  };
  const result = await onceAllowed(work, clock, (note) => notes.push(note)).catch(String);
  return { result, tries, notes: notes.length, waitedMs: clock.now() };
}

it('waits for IAM to know a new right', async () => {
  expect(await trying(3)).toMatchObject({ result: 'done', tries: 4, notes: 3 });
});

it('gives up after a minute', async () => {
  const { result, tries } = await trying(100);

  expect(result).toContain('the secret could not be read');
  expect(tries).toBe(13);
});

it('does not wait for anything else', async () => {
  const other = () => new DeploymentFailure('nothing-made', new SettingsError('no such secret'));

  expect(await trying(1, other)).toMatchObject({ tries: 1 });
  expect(isDenied(other())).toBe(false);
});
