/**
 * The fields of an execution's input. There should be none: who starts a drain with `{"dryRun": true}` must not get a purge.
 * The console may fill in a comment by itself.
 */
export const FIELDS_OF_INPUT = `$keys($states.input)[$ != 'Comment']`;
