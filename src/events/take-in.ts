import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Admission } from './admission.js';
import { sendAgain } from './unknown-address.js';

/**
 * Lets a message in, for as long as its answer takes, and has its body read as bytes. Answers itself, and resolves with that
 * answer, while there are too many.
 */
export function takeIn(admit: Admission, request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined {
  const leave = admit();
  if (leave === undefined) return sendAgain(reply, 1);
  reply.raw.once('close', leave);
  // Whatever a sender calls its body, the bytes are read: the framework would refuse an odd content type with 415.
  request.raw.headers['content-type'] = 'application/octet-stream';
  return undefined;
}
