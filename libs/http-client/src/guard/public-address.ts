import ipaddr from 'ipaddr.js';

/** Inside a public range, yet answers with a virtual machine's own metadata (Azure's wire server). */
const PUBLIC_BUT_INTERNAL = new Set(['168.63.129.16']);
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an address is plain public unicast. IPv6 outside 2000::/3 is refused as a whole, which covers mapped, compatible and
 * NAT64 forms; inside it 6to4, Teredo, documentation and the other special blocks are refused by their range (RFC 6890).
 */
export function isPublicAddress(address: string): boolean {
  const parsed = parseAddress(address);
  if (parsed === undefined) return false;
  if (parsed.range() !== 'unicast') return false;
  if (parsed instanceof ipaddr.IPv6) return parsed.match(GLOBAL_UNICAST) && !isIsatap(parsed);
  return !PUBLIC_BUT_INTERNAL.has(parsed.toString());
}

/** An address in the standard spelling only (as the URL parser and the resolver give it), brackets allowed. */
export function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  if (ipaddr.IPv4.isValidFourPartDecimal(bare)) return ipaddr.IPv4.parse(bare);
  return ipaddr.IPv6.isValid(bare) ? ipaddr.IPv6.parse(bare) : undefined;
}

/** RFC 5214: the interface id `::0:5efe:a.b.c.d` tunnels to the IPv4 address in its tail. */
function isIsatap(address: ipaddr.IPv6): boolean {
  const [high = 0, low = 0] = address.parts.slice(4, 6);
  return (high & 0xfdff) === 0 && low === 0x5efe;
}
