import { styleText } from 'node:util';

/** Where a run is shown: lines that stay, and below them, on a terminal only, one that passes. */
export interface Screen {
  readonly stream: NodeJS.WriteStream;
  /** Writes text of one or more lines; none: an empty line. */
  line(text?: string): void;
  /** Shows what is under way until the next line. */
  status(text: string): void;
}

/** Back to the first column, and clear what follows. */
const OVERWRITE = '\r\u001b[K';

/** A screen on a stream; without a terminal it gets no control characters. */
export function screenOn(stream: NodeJS.WriteStream): Screen {
  const overwrite = stream.isTTY ? OVERWRITE : '';
  return {
    stream,
    line: (text = '') => void stream.write(`${overwrite}${text}\n`),
    status: (text) => {
      // A line that wraps could not be overwritten.
      if (stream.isTTY) stream.write(overwrite + text.slice(0, (stream.columns || 80) - 1));
    },
  };
}

/** What the lines below it are about, with an empty line on either side. */
export function heading(screen: Screen, text: string): void {
  screen.line(`\n${styleText('bold', text)}\n`);
}

/** Something that went well enough to go on. */
export function warning(screen: Screen, text: string): void {
  screen.line(`   ${styleText('yellow', 'warning')}: ${text}`);
}
