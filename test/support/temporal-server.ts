import { TestWorkflowEnvironment } from '@temporalio/testing';
import { searchAttributeTypes } from '../../src/contracts/search-attributes.js';
import { findTemporalCli } from '../../src/launcher/temporal-cli.js';

/**
 * A real Temporal dev server of this test file's own: free port, state in memory, our search attributes registered.
 * End it with `teardown()` in `after`.
 *
 * @param options.dynamicConfig - e.g. `{ 'limit.historyCount.suggestContinueAsNew': 60 }`
 */
export const startTestTemporal = async (
  options: {
    searchAttributes?: Readonly<Record<string, string>>;
    dynamicConfig?: Readonly<Record<string, string | number | boolean>>;
  } = {},
): Promise<TestWorkflowEnvironment> => {
  const attributes = Object.entries(options.searchAttributes ?? searchAttributeTypes);
  const settings = Object.entries({ 'matching.useNewMatcher': true, ...options.dynamicConfig });
  return TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: await findTemporalCli() },
      extraArgs: [
        ...attributes.flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
        ...settings.flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${JSON.stringify(value)}`]),
      ],
    },
  });
};
