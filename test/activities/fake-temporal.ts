import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/common';

/** Options of a start, as far as the tests look at them. */
interface Start {
  workflowId: string;
  taskQueue: string;
  args: unknown[];
}

/** A Temporal service that knows which workflows run and which have closed. */
export function fakeTemporal() {
  const running = new Map<string, Start>();
  const closed = new Set<string>();
  const signals: string[] = [];
  const broken = new Set<string>();
  return {
    running,
    closed,
    signals,
    /** Workflow ids that the service refuses to start or to signal. */
    broken,
    client: {
      withAbortSignal: (_signal: AbortSignal, work: () => Promise<unknown>) => work(),
      workflow: {
        start: async (type: string, options: Start): Promise<void> => {
          if (broken.has(options.workflowId)) throw new Error('the service refuses this start');
          if (closed.has(options.workflowId)) {
            throw new WorkflowExecutionAlreadyStartedError('already started', options.workflowId, type);
          }
          // USE_EXISTING: a second start of a running workflow is a handle to the first.
          if (!running.has(options.workflowId)) running.set(options.workflowId, options);
        },
        getHandle: (id: string) => ({
          signal: async (name: string): Promise<void> => {
            if (broken.has(id)) throw new Error('the service is away');
            if (!running.has(id)) throw new WorkflowNotFoundError('not found', id, undefined);
            signals.push(`${name} ${id}`);
          },
        }),
      },
    },
  };
}

export type FakeTemporal = ReturnType<typeof fakeTemporal>;
