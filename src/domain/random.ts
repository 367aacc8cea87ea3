/**
 * Seeded random numbers: the same seed gives the same sequence on every machine.
 */
import { hash32 } from './hash.js';

/** Small fast generator sfc32 (Doty-Humphrey), passes PractRand; not for secrets. */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;
  private spare: number | undefined;

  /** @param seed any number; its lower 32 bits count */
  constructor(private readonly seed: number) {
    this.a = seed >>> 0;
    this.b = 0x9e3779b9;
    this.c = 0x243f6a88;
    for (let i = 0; i < 12; i++) this.next32();
  }

  /** Unsigned 32-bit integer. */
  next32(): number {
    const result = (this.a + this.b + this.counter++) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + result;
    return result >>> 0;
  }

  /** Uniform in [0, 1), 32 bits. */
  next(): number {
    return this.next32() / 4_294_967_296;
  }

  /** Uniform integer in [0, bound). */
  int(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  /** Standard normal (Marsaglia's polar method). */
  normal(): number {
    if (this.spare !== undefined) {
      const spare = this.spare;
      this.spare = undefined;
      return spare;
    }
    for (;;) {
      const x = 2 * this.next() - 1;
      const y = 2 * this.next() - 1;
      const s = x * x + y * y;
      if (s >= 1 || s === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(s)) / s);
      this.spare = y * scale;
      return x * scale;
    }
  }

  /** Exponential with the given mean. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next());
  }

  /** An independent generator named by keys; deriving takes nothing from this one. */
  derive(...keys: readonly (string | number)[]): Random {
    return new Random(hash32(`${String(this.seed)}/${keys.join('/')}`));
  }
}
