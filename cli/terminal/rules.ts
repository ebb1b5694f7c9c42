/** What a value has to be: `undefined` for one that will do, else the rest of `--name ...`. */
export type Rule = (value: string) => string | undefined;

/** A value as a message quotes it, but for one with what may be a password before its `@`. */
export const quoted = (value: string) =>
  value.includes('@') ? 'a value that may hold a password' : JSON.stringify(value);

/** A rule from a test, what the value must be, and how to mend it. */
export function rule(holds: (value: string) => boolean, demand: string, remedy: string): Rule {
  return (value) =>
    holds(value) ? undefined : `must be ${demand}, got ${quoted(value)}; ${remedy}`;
}

const isWholeNumber = (value: string, min: number, max: number) =>
  /^\d{1,15}$/.test(value) && Number(value) >= min && Number(value) <= max;

/** A text of at least one character. */
export const isNotEmpty = rule((value) => value !== '', 'a name', 'give the name that it has');

/** As many rows as a demo can want. */
export const isRowCount = rule(
  (value) => isWholeNumber(value, 1, 10_000_000),
  'a whole number from 1 to 10000000',
  'write it in digits, like --rows 100000',
);

/** Up to ten years. */
export const isGraceSeconds = rule(
  (value) => isWholeNumber(value, 0, 315_360_000),
  'a whole number of seconds from 0 to 315360000',
  'write it in digits, like --grace-seconds 3600',
);

/** The ARN of a cluster, in any partition. */
export const isClusterArn = rule(
  (value) => /^arn:[^:\s]+:rds:[^:\s]+:\d{12}:cluster:[^:\s]+$/.test(value),
  "an Aurora cluster's ARN",
  'it looks like arn:aws:rds:eu-west-1:123456789012:cluster:shop',
);

/** The ARN of a secret, in any partition. */
export const isSecretArn = rule(
  (value) => /^arn:[^:\s]+:secretsmanager:[^:\s]+:\d{12}:secret:[^:\s]+$/.test(value),
  "a secret's ARN",
  'it looks like arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf',
);

/** Comma-separated `table`, `schema.table` or `*.table`. */
export const isTableList = rule(
  (value) => value.split(',').every((name) => /^((\*|[^\s.*]+)\.)?[^\s.*]+$/.test(name.trim())),
  'names like table, schema.table or *.table with commas between them',
  'leave it out for django_session',
);

/** An IANA name; Node.js takes offsets, too, which Django refuses. */
export const isTimeZone = rule(
  (value) => {
    try {
      return /^\p{L}/u.test(value) && new Intl.DateTimeFormat('en', { timeZone: value }) !== null;
    } catch {
      return false;
    }
  },
  "a time zone's IANA name",
  'it looks like Europe/Lisbon',
);
