import { styleText } from 'node:util';

/** Output with lines that stay and, on a terminal, a status line below them that does not. */
export interface Screen {
  readonly stream: NodeJS.WriteStream;
  /** Writes one or more lines; without a text, an empty one. */
  line(text?: string): void;
  /** Shows what is under way, until the next line or status. */
  status(text: string): void;
}

/** Moves to the first column and clears the line. */
const OVERWRITE = '\r\u001b[K';

/** A screen on a stream. Writes no control characters to a stream that is no terminal. */
export function screenOn(stream: NodeJS.WriteStream): Screen {
  const overwrite = stream.isTTY ? OVERWRITE : '';
  return {
    stream,
    line: (text = '') => void stream.write(`${overwrite}${text}\n`),
    status: (text) => {
      // The next line could not overwrite a status that wraps.
      if (stream.isTTY) stream.write(overwrite + text.slice(0, (stream.columns || 80) - 1));
    },
  };
}

/** Writes a heading between two empty lines. */
export function heading(screen: Screen, text: string): void {
  screen.line(`\n${styleText('bold', text)}\n`);
}

/** Writes a warning. */
export function warning(screen: Screen, text: string): void {
  screen.line(`   ${styleText('yellow', 'warning')}: ${text}`);
}
