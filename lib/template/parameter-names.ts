/** The name of a setting's parameter: `GraceSeconds` for `graceSeconds`. */
export const parameterOf = (key: string) => `${key.charAt(0).toUpperCase()}${key.slice(1)}`;

/** The name of the condition that an optional parameter is not empty. */
export const givenCondition = (parameter: string) => `Has${parameter}`;
