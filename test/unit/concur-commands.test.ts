import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chosenConnection, explained } from '../../src/cli/concur-commands.js';
import { Unreachable, UsageError } from '../../src/cli/failure.js';
import { Rejected, Unauthorized, Unavailable } from '../../src/clients/http/errors.js';

test('the only Concur company is meant without saying so, and of several one must be named', () => {
  const [one, two] = [{ name: 'acme' }, { name: 'other' }];
  assert.equal(chosenConnection([one], undefined), one);
  assert.equal(chosenConnection([one, two], 'other'), two);
  const several = /--connection; the file names acme, other/;
  assert.throws(
    () => chosenConnection([one, two], undefined),
    (e) => e instanceof UsageError && several.test(e.message),
  );
  assert.throws(
    () => chosenConnection([one], 'acne'),
    (e) => e instanceof UsageError && /acne.*acme/.test(e.message),
  );
});

test('S77, S31: a missing token says how to connect, a refused one which scopes are needed, and a defect stays one', () => {
  const call = { system: 'concur', operation: 'authorize' };
  const say = (error: unknown): string => {
    const said = explained(error, 'acme', 'employees');
    assert.ok(said instanceof Unreachable || said instanceof UsageError);
    return said.message;
  };
  assert.match(say(new Unavailable('No valid token.', call)), /credentials concur --connection acme$/);
  const refused = say(new Unauthorized('Refused (403).', { ...call, operation: 'employee.find' }));
  assert.match(refused, /needs for this: .*identity\.user\.enterprise\.read/);
  assert.doesNotMatch(refused, /INVVEN/);
  assert.ok(explained(new Rejected('No such.', call, '404'), 'acme', 'vendors') instanceof UsageError);
  assert.ok(explained(new RangeError('a wrong day'), 'acme', 'vendors') instanceof UsageError);
  const defect = new TypeError('x');
  assert.equal(explained(defect, 'acme', 'vendors'), defect);
});
