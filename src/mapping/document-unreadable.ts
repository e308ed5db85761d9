import type { HoldReason } from '../contracts/hold-reasons.js';

/**
 * Thrown when a document does not have the structure that FIS documents (`document-unreadable`), or is of a kind that is
 * never posted (`unsupported-document`, for example a funds obligation). Names paths, never values: safe to log.
 */
export class DocumentUnreadable extends Error {
  override readonly name = 'DocumentUnreadable';

  constructor(
    message: string,
    readonly paths: string[],
    readonly hold: Extract<HoldReason, 'document-unreadable' | 'unsupported-document'> = 'document-unreadable',
  ) {
    super(message);
  }
}
