import { mistakeIn, type Rule } from './rule';

/** Values by their names, as somebody wrote them. */
export type Values = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object: neither `null` nor a list. */
export function isJsonObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The first field that has another name than those known; `undefined` if all are known. */
export function unknownField(values: Values, known: readonly string[]): string | undefined {
  return Object.keys(values).find((field) => !known.includes(field));
}

/** What is wrong with the fields that are there, each mistake with its field in front: `dryRun must be ..., got ...`. */
export function mistakesInFields(values: Values, rules: Readonly<Record<string, Rule>>): string[] {
  return Object.entries(rules).flatMap(([field, rule]) => {
    const mistake = Object.hasOwn(values, field) ? mistakeIn(values[field], rule) : undefined;
    return mistake === undefined ? [] : [`${field} ${mistake}`];
  });
}
