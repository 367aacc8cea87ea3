/**
 * Registered domains of names, looked up in the public suffix list once and then remembered.
 */
import { getDomain } from 'tldts';

const MAX_REMEMBERED = 50_000;

/** Knows the registered domain of names, and which domains are left out. */
export class DomainBook {
  private readonly known = new Map<string, string>();
  private readonly ignored: ReadonlySet<string>;

  /** @param ignored domains that are left out, with all below them */
  constructor(ignored: readonly string[]) {
    this.ignored = new Set(ignored.map((domain) => domain.toLowerCase()));
  }

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
    if (this.ignored.size === 0) return false;
    for (let rest = name; ;) {
      if (this.ignored.has(rest)) return true;
      const dot = rest.indexOf('.');
      if (dot < 0) return false;
      rest = rest.slice(dot + 1);
    }
  }
}
