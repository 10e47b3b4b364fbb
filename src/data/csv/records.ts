/** Records of a CSV text. Source: RFC 4180; lines may also end in LF alone, and empty lines are skipped. */
import { fail } from "../../base/errors.ts";

export interface CsvRecord {
  readonly fields: readonly string[];
  /** Where it begins, from 1. */
  readonly line: number;
}

const QUOTE = '"';

/**
 * Cuts a text into records.
 * @param delimiter one character
 * @param name what messages call the text
 * @param skip lines before the first record
 * @throws HeddleError when a quote is not closed, or stands where the format has none
 */
export function* csvRecords(
  text: string,
  delimiter: string,
  name: string,
  skip: number,
): Generator<CsvRecord, void> {
  const bad = (line: number, rule: string) => fail("csv", `${name}, line ${line}: ${rule}`);
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  let line = 1;
  for (; line <= skip && at < text.length; line++) at = text.indexOf("\n", at) + 1 || text.length;
  while (at < text.length) {
    const first = line;
    const start = at;
    const fields: string[] = [];
    for (let open = true; open; ) {
      let field = "";
      if (text[at] === QUOTE) {
        const end = closingQuote(text, at + 1);
        if (end < 0) bad(line, "a quote is not closed");
        const quoted = text.slice(at + 1, end);
        field = quoted.replaceAll('""', QUOTE);
        line += quoted.split("\n").length - 1;
        at = end + 1;
        if (at < text.length && text[at] !== delimiter && !endsLine(text, at)) {
          bad(line, `a closing quote ends its field: got ${JSON.stringify(text[at])} after it`);
        }
      } else {
        const from = at;
        while (at < text.length && text[at] !== delimiter && !endsLine(text, at)) {
          if (text[at] === QUOTE) bad(line, "a field with quotes in it must be quoted as a whole");
          at++;
        }
        field = text.slice(from, at);
      }
      fields.push(field);
      open = text[at] === delimiter;
      if (open) at++;
    }
    const isEmpty = at === start;
    at += text[at] === "\r" ? 2 : 1;
    line++;
    if (!isEmpty) yield { fields, line: first };
  }
}

const endsLine = (text: string, at: number): boolean =>
  text[at] === "\n" || (text[at] === "\r" && (text[at + 1] === "\n" || at + 1 === text.length));

/** The next quote that is not doubled, or −1. */
function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf(QUOTE, from); at >= 0; at = text.indexOf(QUOTE, at + 2)) {
    if (text[at + 1] !== QUOTE) return at;
  }
  return -1;
}
