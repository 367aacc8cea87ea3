/**
 * Records of JSON that is not one record a line: the elements of one array, of an array in an object
 * (`{"events":[…]}`), or objects one after the other, however they are printed.
 *
 * The text is cut by brackets and quotes alone; whether an element is good JSON is seen when it is
 * parsed, so a broken one costs only itself, and what comes before the end of a file that breaks off
 * is kept.
 */
import { SEARCH_ANSWER, WRAPPER } from './sniff.js';

/** The text of one element; undefined where it is longer than allowed. */
export type Element = string | undefined;

const QUOTE = 34;
const BACKSLASH = 92;
const NEWLINE = 10;
const BRACE = 123;
const ARRAY_END = 93;
const BYTE_ORDER_MARK = 0xfeff;

function opens(code: number): boolean {
  return code === BRACE || code === 91;
}

function closes(code: number): boolean {
  return code === 125 || code === ARRAY_END;
}

/** Between elements: blanks, commas, and the brackets of arrays around them. */
function separates(code: number): boolean {
  return code <= 32 || code === 44 || code === 91 || code === ARRAY_END || code === BYTE_ORDER_MARK;
}

/** Characters in which the hits of an answer begin. */
const ANSWER_HEAD = 4200;

const NONE = Symbol('no element');

/** Cuts text into elements. */
export class ElementCutter {
  private text = '';
  /** Where reading goes on in {@link text}. */
  private at = 0;
  /** Where the element in hand begins; negative between elements. */
  private start = -1;
  private depth = 0;
  private inString = false;
  private escaped = false;
  private skipping = false;
  private begun = false;
  /** The elements are those of one array in an object: what follows it is no element. */
  private wrapped = false;
  private ended = false;
  /** Answers of searches may follow each other. */
  private isAnswer = false;

  constructor(private readonly maxLength: number) {}

  /** Elements that the text completes. */
  cut(text: string): Element[] {
    const kept = this.start < 0 ? this.at : this.start;
    this.text = this.text.slice(kept) + text;
    this.at -= kept;
    if (this.start > 0) this.start = 0;
    if (!this.begun) this.begin();
    const elements: Element[] = [];
    while (this.at < this.text.length && (!this.ended || this.goOn())) {
      const element = this.start < 0 ? this.findStart() : this.findEnd();
      if (element !== NONE) elements.push(element);
    }
    if (this.ended && !this.isAnswer) this.text = '';
    if (this.start >= 0 && this.at - this.start > this.maxLength) this.drop();
    return elements;
  }

  /** The element that had begun when the text ended. */
  end(): Element[] {
    if (this.start < 0) return [];
    const rest = this.text.slice(this.start);
    this.start = -1;
    return [this.skipping ? undefined : rest];
  }

  private begin(): void {
    this.begun = true;
    const wrapper = WRAPPER.exec(this.text)?.[0];
    const answer = wrapper === undefined ? SEARCH_ANSWER.exec(this.text) : null;
    this.isAnswer = answer !== null && /^[\s\uFEFF]*$/.test(this.text.slice(0, answer.index));
    this.wrapped = wrapper !== undefined || this.isAnswer;
    this.at = wrapper?.length ?? (answer && this.isAnswer ? answer.index + answer[0].length : 0);
  }

  /** Goes on with the next answer of a search, if its hits have begun. */
  private goOn(): boolean {
    if (!this.isAnswer) return false;
    const next = SEARCH_ANSWER.exec(this.text.slice(this.at));
    if (next) this.at += next.index + next[0].length;
    else this.at = Math.max(this.at, this.text.length - ANSWER_HEAD);
    this.ended = next === null;
    return next !== null && this.at < this.text.length;
  }

  private findStart(): typeof NONE {
    const code = this.text.charCodeAt(this.at);
    if (this.wrapped && code === ARRAY_END) this.ended = true;
    else if (separates(code)) this.at++;
    else {
      this.start = this.at;
      this.depth = 0;
    }
    return NONE;
  }

  /** Reads to the end of the element in hand, or of the text. */
  private findEnd(): Element | typeof NONE {
    const isRecord = this.text.charCodeAt(this.start) === BRACE;
    for (; this.at < this.text.length; this.at++) {
      const code = this.text.charCodeAt(this.at);
      if (this.inString) this.readString(code);
      else if (code === QUOTE) this.inString = true;
      else if (isRecord && opens(code)) {
        if (this.isNextLine()) return this.finish(this.at);
        this.depth++;
      } else if (isRecord && closes(code)) {
        if (--this.depth === 0) return this.finish(this.at + 1);
      } else if (!isRecord && (separates(code) || opens(code) || closes(code))) {
        return this.finish(this.at);
      }
    }
    return NONE;
  }

  private readString(code: number): void {
    if (this.escaped) this.escaped = false;
    else if (code === BACKSLASH) this.escaped = true;
    // A line break inside a text is a mistake, after which the next element is to be found again.
    else if (code === QUOTE || code === NEWLINE) this.inString = false;
  }

  /** One record a line, and the line before was never closed. */
  private isNextLine(): boolean {
    return (
      this.depth > 0 &&
      this.text.startsWith('{"', this.at) &&
      this.text.charCodeAt(this.at - 1) === NEWLINE &&
      this.text.startsWith('{"', this.start)
    );
  }

  private finish(end: number): Element {
    // A stray bracket is an element of its own, so that at least one step is made.
    this.at = Math.max(end, this.start + 1);
    const element = this.skipping ? undefined : this.text.slice(this.start, this.at);
    this.start = -1;
    this.inString = this.escaped = this.skipping = false;
    return element;
  }

  /** Forgets the text of an element that is too long, but for its beginning; brackets are still counted. */
  private drop(): void {
    this.skipping = true;
    this.text = this.text.slice(this.start, this.start + 2);
    this.start = 0;
    this.at = this.text.length;
  }
}
