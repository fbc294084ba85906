export { StackIncomplete } from './stack.errors';
export { SERVICE_NAMES, type ServiceName } from './stack-service';
export { readStack, stackDirectory, workspaceRoot, type ServiceRecord, type StackState } from './stack-state';
export { isUsable, stackStatus, type ServiceStatus, type StackStatus } from './stack-status';
export { startStack, type StartStackOptions } from './start-stack';
export { stopStack, type StopStackOptions } from './stop-stack';
