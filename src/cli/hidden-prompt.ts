import { UsageError } from './failure.js';

/** The parts of a terminal that a hidden prompt needs; `process.stdin` has them. */
export type Terminal = Pick<
  NodeJS.ReadStream,
  'setRawMode' | 'setEncoding' | 'on' | 'off' | 'resume' | 'pause' | 'isRaw'
>;

const enter = new Set(['\r', '\n', '\u0004']);
const interrupt = '\u0003';
const erase = new Set(['\u007f', '\b']);

/**
 * Asks for a secret on a terminal and shows nothing of what is typed or pasted, so that it stands neither on the screen nor in
 * a record of the session. Ends with Enter.
 * @throws UsageError on Ctrl-C
 */
export function askHidden(question: string, terminal: Terminal, show: (text: string) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const wasRaw = terminal.isRaw;
    let typed = '';
    const end = (settle: () => void): void => {
      terminal.off('data', read);
      terminal.setRawMode(wasRaw);
      terminal.pause();
      show('\n');
      settle();
    };
    const read = (chunk: string): void => {
      for (const key of chunk) {
        if (key === interrupt) {
          end(() => {
            reject(new UsageError('Nothing was entered.'));
          });
          return;
        }
        if (enter.has(key)) {
          end(() => {
            resolve(typed);
          });
          return;
        }
        typed = erase.has(key) ? typed.slice(0, -1) : typed + key;
      }
    };
    terminal.setEncoding('utf8');
    terminal.setRawMode(true);
    show(question);
    terminal.on('data', read);
    terminal.resume();
  });
}
