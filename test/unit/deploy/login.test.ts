import { readLogin, withoutPassword } from '../../../lambda/deploy/login';
import { scramVerifier } from '../../../lambda/deploy/scram';

const PASSWORD = 'aB3dE6gH9jK2mN5pQ8sT1vW4';

it.each([
  ['nothing of it', 'permission denied to create role', 'permission denied to create role'],
  ['all of it', `near '${PASSWORD}' at line 1`, "near '............' at line 1"],
  ['its beginning', `near '${PASSWORD.slice(0, 9)}`, "near '...gH9"],
  ['its end', `${PASSWORD.slice(-9)}' at line 1`, "...vW4' at line 1"],
])('takes a password out of a text with %s', (_, text, left) => {
  expect(withoutPassword(text, PASSWORD)).toBe(left);
});

it.each(['', '{', 'null', '[]', '{"username":"a"}', '{"username":"","password":"s3cret-s3cret"}'])(
  'says what a secret has to hold, and not what it holds: %s',
  async (text) => {
    const reading = readLogin({ read: async () => text }, 'arn:secret');

    await expect(reading).rejects.toThrow(
      /^the secret arn:secret must hold \{"username":"...","password":"..."\}, each of them a text$/,
    );
  },
);

// As PostgreSQL 17 stored it for this password.
it('makes what PostgreSQL stores of a password', () => {
  const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');

  expect(scramVerifier('pencil', salt)).toMatch(
    /^SCRAM-SHA-256\$4096:W22ZaJ0SNY7soEsUEjb6gQ==\$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=$/,
  );
});
