/** Something that is wrong: a sentence, and a statement or a sentence that mends it; lower case, no full stop. */
export interface Trouble {
  readonly problem: string;
  readonly remedy: string;
}

/** Something that keeps a table from being purged. */
export interface Obstacle {
  readonly of:
    | 'table'
    | 'locks'
    | 'columns'
    | 'rights'
    | 'index'
    | 'row security'
    | 'rules'
    | 'triggers'
    | 'owner'
    | 'children';
  /** A sentence that names the table; lower case, no full stop. */
  readonly problem: string;
  /** A statement or a sentence that mends it. */
  readonly remedy: string;
}
