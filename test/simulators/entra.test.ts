import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEntraSimulator, type EntraSimulator } from '../../simulators/entra/simulator.js';
import type { Desk, SimRequest } from '../../simulators/harness/server.js';
import { settings } from './fo-stage.js';

const environment = 'http://127.0.0.1:7711';
const good = {
  grant_type: 'client_credentials',
  client_id: 'fo-app',
  client_secret: 'fo-secret',
  scope: `${environment}/.default`,
};

class EntraStage {
  nowMs = Date.parse('2026-04-10T09:00:00Z');
  readonly entra: EntraSimulator;

  constructor(state?: unknown) {
    const desk: Desk = {
      now: () => new Date(this.nowMs),
      random: () => 0.5,
      write: () => undefined,
      violation: () => undefined,
      repeat: () => undefined,
      itemFault: () => false,
      changed: () => undefined,
    };
    this.entra = createEntraSimulator({ desk, settings, state });
  }

  ask(
    form: Record<string, string>,
    path = '/contoso.example/oauth2/v2.0/token',
    contentType?: string,
  ): { status: number; body: any } {
    const json = contentType === 'application/json';
    const request: SimRequest = {
      method: 'POST',
      path,
      rawUrl: path,
      query: new URLSearchParams(),
      headers: { 'content-type': contentType ?? 'application/x-www-form-urlencoded' },
      body: json ? JSON.stringify(form) : new URLSearchParams(form).toString(),
    };
    const { status, body } = this.entra.route(request).execute();
    return { status, body };
  }
}

test('S34: client credentials give a bearer token for the environment whose URL is the scope', () => {
  const { entra, ask } = bound();
  const { status, body } = ask(good);
  assert.equal(status, 200);
  assert.deepEqual([body.token_type, body.expires_in], ['Bearer', 3599]);
  assert.ok(entra.isValidToken(body.access_token, environment));
  assert.equal(entra.isValidToken(body.access_token, 'http://127.0.0.1:9999'), false);
  assert.notEqual(ask(good).body.access_token, body.access_token);
});

function bound(): { stage: EntraStage; entra: EntraSimulator; ask: EntraStage['ask'] } {
  const stage = new EntraStage();
  return { stage, entra: stage.entra, ask: stage.ask.bind(stage) };
}

test('S49: Business Central has its own client and a constant scope', () => {
  const { entra, ask } = bound();
  const bc = { ...good, client_id: 'bc-app', client_secret: 'bc-secret', scope: settings.bc.scope };
  const { body } = ask(bc);
  assert.ok(entra.isValidToken(body.access_token, 'https://api.businesscentral.dynamics.com'));
  assert.equal(ask({ ...bc, scope: good.scope }).body.error, 'invalid_scope');
  assert.equal(ask({ ...good, scope: bc.scope }).body.error, 'invalid_scope');
});

test('Wrong requests are refused in the words of Entra', () => {
  const { ask } = bound();
  const cases: [Record<string, string>, number, string, string?][] = [
    [{ ...good, client_secret: 'x' }, 401, 'invalid_client'],
    [{ ...good, client_id: 'x' }, 400, 'unauthorized_client'],
    [{ ...good, grant_type: 'password' }, 400, 'unsupported_grant_type'],
    [{ ...good, scope: '' }, 400, 'invalid_request'],
    [{ ...good, scope: environment }, 400, 'invalid_scope'],
    [{ ...good, scope: `${environment}//.default` }, 400, 'invalid_scope'],
    [{ ...good, scope: 'http://example.com/.default' }, 400, 'invalid_scope'],
    [{ ...good, scope: 'HTTP://LOCALHOST/.default' }, 400, 'invalid_scope'],
    [good, 400, 'invalid_request', '/common/oauth2/v2.0/token'],
  ];
  for (const [form, status, error, path] of cases) {
    const answer = ask(form, path);
    assert.deepEqual([answer.status, answer.body.error], [status, error], JSON.stringify(form));
    assert.match(answer.body.error_description, /^AADSTS\d+: /);
    assert.equal(answer.body.error_description.includes('fo-secret'), false);
  }
});

test('A JSON body is not a form and other addresses are unknown', () => {
  const { ask } = bound();
  const answer = ask(good, undefined, 'application/json');
  assert.deepEqual([answer.status, answer.body.error], [400, 'invalid_request']);
  assert.equal(ask(good, '/contoso.example/oauth2/token').status, 404);
});

test('S35: a token ends with its time or by a fault, and survives a restart of the simulator', () => {
  const stage = new EntraStage();
  const token: string = stage.ask(good).body.access_token;
  const other: string = stage.ask(good).body.access_token;
  const again = new EntraStage(JSON.parse(JSON.stringify(stage.entra.snapshot())));
  assert.ok(again.entra.isValidToken(token, environment));
  again.entra.expire(token);
  assert.equal(again.entra.isValidToken(token, environment), false);
  assert.ok(again.entra.isValidToken(other, environment));
  again.nowMs += 3_599_000;
  assert.equal(again.entra.isValidToken(other, environment), false);
});
