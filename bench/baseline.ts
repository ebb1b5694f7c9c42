/** Whether a contender is the one that others are compared with: the function that sends one DELETE. */
export const isBaseline = ({ contender }: { readonly contender: string }): boolean =>
  contender === 'one DELETE';
