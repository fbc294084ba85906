import { SERVICE_NAMES, stackStatus, readStack, startStack, stopStack, type ServiceName } from '../stack';

export interface BorrowedStack {
  /** Services that are not to be had here; tests that need them define no cases. */
  readonly absent: readonly ServiceName[];
  /** Stops what was started for these tests and nothing else. */
  giveBack(): Promise<void>;
}

/** Makes the stack run for a while. Rejects, with nothing left behind, when a required service cannot be had. */
export async function borrowStack(
  required: readonly ServiceName[],
  log: (line: string) => void,
): Promise<BorrowedStack> {
  const before = await stackStatus(readStack());
  const services = SERVICE_NAMES.filter((name) => before.services[name].status === 'down');
  const giveBack = () => stopStack({ services, log });
  try {
    await startStack({ required, log });
  } catch (error) {
    await giveBack();
    throw error;
  }
  const now = await stackStatus(readStack());
  return { absent: SERVICE_NAMES.filter((name) => now.services[name].status === 'down'), giveBack };
}

/** The services that ORCHID_REQUIRE names. Throws on a name that is none. */
export function requiredServices(text: string): ServiceName[] {
  const names = text.split(/[\s,]+/).filter((name) => name !== '');
  return names.map((name) => {
    const service = SERVICE_NAMES.find((each) => each === name);
    if (service === undefined)
      throw new Error(`ORCHID_REQUIRE names ${name}, which is none of ${SERVICE_NAMES.join(', ')}`);
    return service;
  });
}
