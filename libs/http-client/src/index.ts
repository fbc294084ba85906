export * from './http-client.port';
export * from './transport-error';
export * from './undici-http-client';
export { decodeBody } from './decode/decode-body';
export type { DecodedBody } from './decode/decoded-body';
export { DEEPEST_NESTING } from './decode/json-depth';
export { guardedLookup, type Resolver } from './guard/guarded-lookup';
export {
  checkUrl,
  DEFAULT_PORTS,
  OutboundGuard,
  type GuardVerdict,
  type OutboundGuardOptions,
} from './guard/outbound-guard';
export { isPublicAddress } from './guard/public-address';
export { parseLinks, type Links } from './link-header';
export * from './encode-body';
export * from './outbound-client';
