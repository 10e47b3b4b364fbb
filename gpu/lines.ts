/** Lines along the middle axis of [outer, length, inner]: line `l` is (l / inner, ·, l % inner). */

interface Lines {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

export const lineCount = ({ outer, inner }: Lines): number => outer * inner;

/** The element at `position` of line `line`, both u32 expressions that are names or in parentheses. */
export const lineElement = ({ length, inner }: Lines, line: string, position: string): string =>
  inner === 1
    ? `${line} * ${length}u + ${position}`
    : `(${line} / ${inner}u * ${length}u + ${position}) * ${inner}u + ${line} % ${inner}u`;
