import { parse, stringify } from 'lossless-json';
import type { SimRequest, SimResponse } from '../harness/server.js';
import { originOf } from './entity-reader.js';
import { statusOf, type JournalContext } from './journal-context.js';
import { FoError, routeNotFound } from './odata-errors.js';
import { keepRefusal, postJournal, type PostingSettings } from './posting-batch.js';
import type { Company } from './store.js';
import { text, type Row } from './values.js';

/** Where the customer-deployed posting service listens (section 7). */
export const postingServicePath = '/api/services/ConcurPostingServiceGroup/ConcurPostingService/postJournal';

/** Name of its calls, for faults and stalls. */
export const postingServiceOperation = 'posting-service';

const parameterNames = ['_dataAreaId', '_journalBatchNumber', '_correlationId'] as const;
type Parameters = Record<(typeof parameterNames)[number], string>;

/** Custom services fail with an object of their own, not with the OData envelope. */
function serviceFailure(status: number, exceptionType: string, message: string): FoError {
  const body = { Message: message, ExceptionType: exceptionType, ActivityId: '00000000-0000-0000-0000-000000000000' };
  return new FoError(status, body, message);
}

function badRequest(message: string): FoError {
  return serviceFailure(400, 'InvalidParameterException', message);
}

function operationFailed(message: string): FoError {
  return serviceFailure(500, 'ErrorException', `An exception occured when invoking the operation - ${message}`);
}

/** Parameters are matched by name: a missing or misspelt one is refused before the operation runs. */
function readParameters(body: string): Parameters {
  let parsed: unknown;
  try {
    parsed = parse(body);
  } catch {
    throw badRequest('The request content body is not valid JSON.');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw badRequest('The request content body must be a JSON object.');
  }
  const members = new Map<string, unknown>(Object.entries(parsed));
  for (const name of parameterNames) {
    if (!members.has(name)) throw badRequest(`Parameter '${name}' is not found within the request content body.`);
    if (typeof members.get(name) !== 'string') throw badRequest(`Parameter '${name}' must be a string.`);
  }
  const surplus = [...members.keys()].find((name) => !(parameterNames as readonly string[]).includes(name));
  if (surplus !== undefined)
    throw badRequest(`Parameter '${surplus}' is not a parameter of the operation postJournal.`);
  return Object.fromEntries(members) as Parameters;
}

function deployedFor(context: JournalContext, request: SimRequest, dataAreaId: string): Company {
  const company = context.store.findCompany(dataAreaId);
  if (company === undefined) throw operationFailed(`The company '${dataAreaId}' does not exist.`);
  if (company.postingService !== true) throw routeNotFound(`${originOf(request)}${request.rawUrl}`);
  return company;
}

interface Answer {
  Posted: boolean;
  AlreadyPosted: boolean;
  Infolog: string[];
}

const refusal = (...infolog: string[]): Answer => ({ Posted: false, AlreadyPosted: false, Infolog: infolog });

function answerFor(
  context: JournalContext,
  journal: string,
  status: Row | undefined,
  settings: PostingSettings,
): Answer {
  if (status === undefined) return refusal(`Journal ${journal} does not exist.`);
  if (status['Posted'] === 'Yes') return { Posted: true, AlreadyPosted: true, Infolog: [] };
  const outcome = postJournal(context, status, settings);
  if (outcome.kind === 'incomplete') return refusal(`Journal ${journal} has no lines to be posted.`);
  if (outcome.kind === 'refused') {
    keepRefusal(context, status, outcome.reason);
    return refusal(outcome.reason);
  }
  const log = text(status, 'Log');
  return { Posted: true, AlreadyPosted: false, Infolog: log === '' ? [] : [log] };
}

/**
 * Posts one journal at once. Asking for a posted one again changes nothing and answers AlreadyPosted; a business refusal is
 * a 200 with Posted false and its Infolog. A company without the service knows no such address. Answers carry the `$id` that
 * the serialiser of custom services puts before every object.
 */
export function callPostingService(
  context: JournalContext,
  settings: PostingSettings,
  request: SimRequest,
): SimResponse {
  const { store, desk } = context;
  const isDeployed = store.master.companies.some((company) => company.postingService === true);
  if (!isDeployed) throw routeNotFound(`${originOf(request)}${request.rawUrl}`);
  const parameters = readParameters(request.body);
  const company = deployedFor(context, request, parameters._dataAreaId).company.toLowerCase();
  const journal = parameters._journalBatchNumber;
  const status = statusOf(store, company, journal);
  const answer = answerFor(context, journal, status, settings);
  const key = `${company}/${status === undefined ? journal : text(status, 'JournalNum')}`;
  const outcome = answer.AlreadyPosted ? 'repeat' : answer.Posted ? 'applied' : 'refused';
  desk.write({
    operation: postingServiceOperation,
    key,
    outcome,
    ...(answer.Infolog[0] === undefined ? {} : { detail: answer.Infolog[0] }),
  });
  desk.changed();
  return {
    status: 200,
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
    body: stringify({ $id: '1', ...answer }) ?? '',
  };
}
