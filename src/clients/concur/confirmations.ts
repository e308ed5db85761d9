import { amountLiteral, calendarDay, clearingDate, cutTo } from './wire-values.js';

/** One ERP document that came from a Concur document; each becomes a line of the audit trail in Concur. */
export interface PostedDocument {
  /** Legal entity of the ERP, not Concur's company number. */
  companyId: string;
  documentNumber: string;
  fiscalYear?: string;
  /** `YYYY-MM-DD`. */
  postingDate?: string;
}

/** A sentence for employee and processor in Concur. */
export interface PostingMessage {
  /** `entryId` of the offending entry. */
  lineItemId?: string;
  /** Our stable code. */
  messageId: string;
  /** Two letters; `EN` unless given. */
  language?: string;
  /** At most 1300 characters are shown; the rest is cut. */
  text: string;
}

/** The result of posting one FI document; an error carries at least one message and no documents. */
export type PostingConfirmation =
  | { docId: string; status: 'success'; postingDocs: PostedDocument[]; messages?: PostingMessage[] }
  | { docId: string; status: 'error'; messages: PostingMessage[] };

/** One settlement of an expense report in the ERP. */
export interface Clearing {
  /** `YYYY-MM-DD`. */
  clearedOn: string;
  /** Positive decimal, also for a reversal. */
  amount: string;
  currency: string;
  receiver: { id: string; name: string };
  reference: {
    companyCode: string;
    financialDocumentId: string;
    fiscalYear: string;
    /** Unique for each confirmation: the idempotency key of Concur. */
    paymentRef: string;
    /** `E` electronic transfer, `C` check. */
    paymentMethod: 'E' | 'C';
  };
}

/** The payment of one expense document: `CP` complete, `PP` partial, `RE` reversal, `OB` obsolete (FIS spec 5.3). */
export interface PaymentConfirmation {
  docId: string;
  status: 'CP' | 'PP' | 'RE' | 'OB';
  /** Reason of a reversal. */
  additionalMessage?: string;
  clearings: Clearing[];
}

const TEXT_LIMIT = 1300;
const DOCUMENT_NUMBER_LIMIT = 80;

/** One element of `postingConfirmations`; throws RangeError where Concur would refuse or show nothing. */
export function postingConfirmationBody(confirmation: PostingConfirmation): unknown {
  const messages = confirmation.messages ?? [];
  if (confirmation.status === 'error' && messages.length === 0) {
    throw new RangeError('an error confirmation needs a message: the employee reads it');
  }
  return {
    docId: confirmation.docId,
    overallPostingStatusCode: confirmation.status,
    // Present even when empty: left out, the item fails with "may not be blank" (trap 11).
    postingDocs: confirmation.status === 'success' ? confirmation.postingDocs.map(postedDocumentBody) : [],
    systemMessages: messages.map((message) => ({
      concurTransactionLineItemId: message.lineItemId ?? '',
      messageId: message.messageId,
      messageLanguage: message.language ?? 'EN',
      messageLongText: '',
      messageShortText: cutTo(message.text, TEXT_LIMIT),
    })),
  };
}

function postedDocumentBody(document: PostedDocument): unknown {
  if (document.documentNumber.length > DOCUMENT_NUMBER_LIMIT) {
    throw new RangeError(`a document number for Concur has at most ${DOCUMENT_NUMBER_LIMIT} characters`);
  }
  return {
    companyId: document.companyId,
    documentNumber: document.documentNumber,
    ...(document.fiscalYear === undefined ? {} : { fiscalYear: document.fiscalYear }),
    paymentRelevantLineItems: [],
    ...(document.postingDate === undefined ? {} : { postingDate: calendarDay(document.postingDate) }),
  };
}

/** One element of `processingConfirmation`; throws RangeError where Concur would refuse or show it wrongly. */
export function paymentConfirmationBody(confirmation: PaymentConfirmation): unknown {
  if (confirmation.clearings.length === 0) throw new RangeError('a payment confirmation needs at least one clearing');
  return {
    docId: confirmation.docId,
    processingStatusCode: confirmation.status,
    additionalMessage: confirmation.additionalMessage ?? '',
    clearingDetails: confirmation.clearings.map((clearing) => ({
      clearingDate: clearingDate(clearing.clearedOn),
      clearingAmount: amountLiteral(clearing.amount),
      clearingCurrency: clearing.currency,
      // Objects, although the tables of the reference say arrays (trap 13).
      receiver: {
        receiverId: clearing.receiver.id,
        receiverName: clearing.receiver.name,
        receiverType: 'EMPLOYEE',
      },
      clearingReference: { ...clearing.reference },
    })),
  };
}
