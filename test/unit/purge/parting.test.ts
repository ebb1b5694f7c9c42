import { DatabaseError } from '../../../lambda/errors';
import { isCutOff, isOver, mayBeHeldByLastPart, rowsBehind } from '../../../lambda/purge/parted';
import { afterPart, firstAllowance, firstParting, nextPart } from '../../../lambda/purge/parting';
import type { DeletedBatch } from '../../../lambda/purge/port';

const refused = {
  kind: 'refused',
  durationMs: 5,
  error: new DatabaseError('a key refers to it'),
} as const;

const held: DeletedBatch = {
  kind: 'deleted',
  rows: 0,
  kept: 0,
  held: 4,
  next: { walk: 'index', at: '2026-01-01' },
  reached: null,
  shareLeft: 0,
  durationMs: 5,
};

it('takes locks for those of the part that was just rolled back, once, and tries the same rows again', () => {
  const failed = firstParting(8, 8, refused, firstAllowance(0));
  const part = nextPart(failed, 8);
  const again = afterPart(failed, part, held);

  expect(part).toEqual({ skip: 0, limit: 4 });
  expect(mayBeHeldByLastPart(failed, held)).toBe(true);
  expect(nextPart(again, 8)).toEqual(part);
  expect(mayBeHeldByLastPart(again, held)).toBe(false);
  expect(mayBeHeldByLastPart(failed, { ...held, held: 0 })).toBe(false);
  expect(mayBeHeldByLastPart(null, held)).toBe(false);
});

it('ends where the database cannot read past a row that others hold, and leaves all behind it', () => {
  const one = { skip: 0, limit: 1 };
  const locked = { ...refused, kind: 'locked' } as const;
  const begun = firstParting(4, 4, locked, firstAllowance(0));
  const narrow = afterPart(begun, { skip: 0, limit: 2 }, locked);
  const behindHeld = afterPart(narrow, one, locked);
  const part = nextPart(behindHeld, 8);
  const over = afterPart(behindHeld, part, { ...held, held: 0, unreached: part.limit });

  expect(isCutOff(behindHeld)).toBe(false);
  expect([isOver(over), isCutOff(over)]).toEqual([true, true]);
  expect(rowsBehind(over)).toBe(part.skip + part.limit);
});
