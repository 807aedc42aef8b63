/**
 * One POST of JSON and its answer over node:http, without a framework: nine of ten requests of a sale come
 * this way, and routing, hooks and replies were a third of what they cost (docs/performance.md).
 *
 * Promise: nothing larger than HTTP_BODY_BYTES_MAX is kept, nothing but application/json is read (a browser
 * never sends that to another site without asking first), and every request has one answer, unless its
 * caller has gone. A connection whose body was not read to its end is closed.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse } from 'secure-json-parse';
import { HTTP_BODY_BYTES_MAX } from '../config/limits.js';
import type { Arrival } from './authenticate.js';
import { JSON_TYPE } from './rules/answer-type.js';

export interface Answer {
  readonly status: number;
  readonly headers: Iterable<readonly [string, string]>;
  readonly body: string;
}

export interface Exchange {
  /** Never throws. */
  readonly answer: (arrival: Arrival) => Promise<Answer>;
  /** The process is closing: the caller must not use its connection again. */
  readonly isLeaving: () => boolean;
  /** Told of every answer, with the time since the request came. */
  readonly onAnswered: (status: number, tookMs: number) => void;
}

const IS_JSON = /^application\/json\s*(;|$)/i;

export function exchangeJson(
  exchange: Exchange,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const beganMs = performance.now();
  const { headers } = request;
  const write = ({ status, headers: own, body }: Answer, isRead = true): void => {
    exchange.onAnswered(status, performance.now() - beganMs);
    if (response.destroyed) return;
    // In one list: set one by one, each is checked, kept and written again.
    const head = ['content-length', String(Buffer.byteLength(body))];
    if (!isRead || exchange.isLeaving()) head.push('connection', 'close');
    for (const [name, value] of own) head.push(name, value);
    response.writeHead(status, head).end(body);
  };
  if (!IS_JSON.test(headers['content-type'] ?? ''))
    return write(refusal(415, 'The content type must be application/json.'), false);
  if (Number(headers['content-length'] ?? 0) > HTTP_BODY_BYTES_MAX) return write(TOO_LARGE, false);
  readBody(request, (bytes) => {
    if (bytes === undefined) return write(TOO_LARGE, false);
    let body: unknown;
    try {
      body = parse(bytes, { protoAction: 'error', constructorAction: 'error' });
    } catch {
      return write(refusal(400, 'The body is not JSON.'));
    }
    const ip = request.socket.remoteAddress ?? '';
    void exchange.answer({ headers, ip, body }).then((answer) => write(answer));
  });
}

/** Calls back once: with the body, or with undefined as soon as it is too large. Not at all where the caller has gone. */
function readBody(request: IncomingMessage, done: (bytes: Buffer | undefined) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= HTTP_BODY_BYTES_MAX) chunks.push(chunk);
    else {
      request.removeAllListeners('data').removeAllListeners('end').pause();
      done(undefined);
    }
  });
  request.on('end', () => done(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
  // The connection broke: there is nobody to answer.
  request.on('error', () => undefined);
}

function refusal(status: number, message: string): Answer {
  const body = JSON.stringify({ errors: [{ message, extensions: { code: 'BAD_REQUEST' } }] });
  return { status, headers: [['content-type', JSON_TYPE]], body };
}

const TOO_LARGE = refusal(413, `The body has more than ${HTTP_BODY_BYTES_MAX} bytes.`);
