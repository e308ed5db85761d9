import { TestWorkflowEnvironment } from '@temporalio/testing';
import { findTestServer } from '../../src/launcher/test-server.js';

/**
 * A fresh time-skipping server: waiting for a result, and `sleep`, let months pass in a moment. Never run two tests at the
 * same time on one, and give each test that terminates a workflow its own (temporal-practices section 14). It knows no
 * schedules, lists, resets or search-attribute registration. End it with `teardown()`.
 */
export const createTimeSkippingEnvironment = async (): Promise<TestWorkflowEnvironment> =>
  TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: await findTestServer() } },
  });
