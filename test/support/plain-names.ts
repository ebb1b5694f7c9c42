/** SQL as PostgreSQL's remedies write it, where none of its names needs quotes. MySQL's stays as it is. */
export const plainNames = (sql: string): string => sql.replaceAll('"', '');
