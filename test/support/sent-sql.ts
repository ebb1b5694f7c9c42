/** A statement as it was sent, without the comments by which it waits shortly for a lock on MySQL. */
export const plainSql = (sql: unknown): string =>
  String(sql).replaceAll(/\/\*(?:M!|\+).*?\*\/ /g, '');
