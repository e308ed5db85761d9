import type { NavSettings } from '../nav/settings.js';
import type { FaultLevel, SystemName } from './types.js';

/** Start-up settings of the simulator process: the JSON file named by `--config`. */
export interface SimulatorSettings {
  /** 0 takes a free port. */
  ports: Record<Exclude<SystemName, 'nav'> | 'control', number> & { nav?: number | undefined };
  /** State is kept here as JSON, written atomically, so that a restart goes on. */
  stateFolder: string;
  seed: number;
  faults: FaultLevel;
  /** Services to which chance faults are limited; all unless given. */
  faultsIn?: readonly SystemName[] | undefined;
  fo: {
    clientId: string;
    clientSecret: string;
    tenant: string;
    /** A journal is posted by the batch once it is at least this old and complete. */
    postingDelayMs: number;
    batchEveryMs: number;
    paymentDelayMs: number;
    /** Share of payable documents paid in two parts, 0…1. */
    partShare: number;
    /** How long a pending vendor invoice stays in the approval workflow; default 0. */
    workflowDelayMs?: number | undefined;
    /**
     * Share of journals that posting refuses for good, and of pending invoices that the workflow rejects, 0…1; default 0.
     * Journals are chosen by their description, invoices by their document number, so that every run chooses the same.
     */
    refuseShare?: number | undefined;
    /** Share of payments, chosen by vendor and invoice number, that are made by cheque and reversed once; default 0. */
    reverseShare?: number | undefined;
    /** From such a payment to its reversal; default 0. */
    reverseDelayMs?: number | undefined;
  };
  bc: {
    clientId: string;
    clientSecret: string;
    tenant: string;
    environment: string;
    scope: string;
    paymentDelayMs: number;
    partShare: number;
    /**
     * Share of documents that posting refuses for good, 0…1, chosen by the document number of a journal or by vendor and number
     * of an invoice or credit memo; default 0.
     */
    refuseShare?: number | undefined;
    /** Share of payments, chosen by vendor and number, that are taken back once; default 0. */
    reverseShare?: number | undefined;
    /** From such a payment to its reversal; default 0. */
    reverseDelayMs?: number | undefined;
    /** How Business Central sends notifications; what is not given is as in reality. */
    webhooks?: BcWebhookSettings | undefined;
    /** The same tenant as a server of the customer's own, below `/{instance}`, with a user's web service access key. */
    onPremises?: { instance: string; user: string; accessKey: string } | undefined;
    /** Requests of the user in five minutes, 6,000 in reality; no limit unless given. */
    requestLimit?: number | undefined;
    /** How long a posting action takes; two at a time in one company deadlock. 0 unless given. */
    postingMs?: number | undefined;
  };
  /** The server of classic NAV; settings of its own unless given. */
  nav?: NavSettings | undefined;
  concur: {
    accessTokenSeconds: number;
    /** How long after the posting confirmation an invoice becomes Extracted; default 300. */
    extractedLagMs?: number;
    /** From a failed posting or a recall to the corrected document; default 1,000. */
    correctionLagMs?: number;
    /** How events are delivered; seconds in the sandbox where reality has minutes and days. */
    events?: EventTiming;
  };
}

/** How Business Central sends notifications; times in milliseconds. */
export interface BcWebhookSettings {
  enabled?: boolean | undefined;
  lifeMs?: number | undefined;
  handshakeMs?: number | undefined;
  delayMs?: number | undefined;
  answerMs?: number | undefined;
  retryFactor?: number | undefined;
  threshold?: number | undefined;
  maximum?: number | undefined;
  lostShare?: number | undefined;
  doubledShare?: number | undefined;
  lateShare?: number | undefined;
  lateMs?: number | undefined;
}

/** Times of the event service, in milliseconds. */
export interface EventTiming {
  /** From a document's READY to the delivery of its event. */
  lagMs: number;
  /** How long after its publication an event is still delivered; 72 hours in reality. */
  retentionMs: number;
  /** Wait before the first retry; it doubles with each further one. */
  backoffMs: number;
  backoffLimitMs: number;
  /** How long an answer is awaited; 60 seconds in reality. */
  timeoutMs: number;
}

/** First line on stdout of the simulator process once it listens, as JSON. */
export interface SimulatorsReady {
  ready: true;
  pid: number;
  urls: Record<SystemName | 'control', string>;
}
