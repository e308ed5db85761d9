/** Names of the writes by which Concur learns what became of a document; their intents say what it may have been told. */
export const confirmOperation = 'fis.confirm-posting';

/** Only successes stand under this key: an earlier attempt under it carried the same outcome (code 113). */
export const confirmKey = (documentId: string): string => `${documentId}/success`;

export const returnOperation = 'fis.confirm-posting-error';
