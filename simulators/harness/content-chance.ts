import { hashOf, randomStream } from './random.js';

/**
 * Whether something belongs to a share that is chosen by chance. The choice follows from the content alone: it is the same
 * in every run and whatever happens before.
 */
export function isChosen(content: string, share: number | undefined): boolean {
  return share !== undefined && share > 0 && randomStream(hashOf(content)).next() < share;
}
