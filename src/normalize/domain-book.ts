/**
 * Registered domains of names, looked up in the public suffix list once and then remembered.
 */
import { getDomain } from 'tldts';

const MAX_REMEMBERED = 50_000;

/** Knows the registered domain of names, and which domains are left out. */
export class DomainBook {
  private readonly known = new Map<string, string>();

  /** @param ignored domains that are left out, with all below them */
  constructor(private readonly ignored: readonly string[]) {}

  /** `example.co.uk` of `www.example.co.uk`; the name itself where it has no public suffix. */
  registered(name: string): string {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    if (this.known.size >= MAX_REMEMBERED) this.known.clear();
    const domain = getDomain(name, { allowPrivateDomains: true }) ?? name;
    this.known.set(name, domain);
    return domain;
  }

  /** Whether the name is one of the domains that are left out, or lies below one. */
  isIgnored(name: string): boolean {
    return this.ignored.some((domain) => name === domain || name.endsWith(`.${domain}`));
  }
}
