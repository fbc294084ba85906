/** Before every path of the management API; health, metrics and documentation are outside. */
export const API_PREFIX = '/api/v1';

export function apiPath(noun: string): string {
  return `${API_PREFIX}/${noun}`;
}
