/**
 * The tile program: what `src/backends/wasm/encode.ts` writes and `program.ts` runs. Shared by AssemblyScript and
 * TypeScript.
 *
 * A program is a list of 32-bit words: HEADER_WORDS of header (see {@link Header}), the set-up code that runs once
 * per range, then the tile code that runs once per TILE elements; each ends with Op.End. An instruction is
 * INSTRUCTION_WORDS words: op, then four operands. A register operand is a byte offset into the register table,
 * whose entries hold a pointer and the bytes from one vector to the next: 16, or 0 where all elements are equal.
 */

/** Elements of one tile. */
export const TILE = 512;
export const INSTRUCTION_WORDS = 5;
export const HEADER_WORDS = 5;
/** Bytes of a register table entry. */
export const REGISTER_BYTES = 8;

/** Limits of one program, fixed by the scratch memory of a lane. */
export const MAX_REGISTERS = 1024;
export const MAX_SPLATS = 512;
export const MAX_BUFFERS = 192;

/** Header words. Registers are numbered buffers first, then splats, then pointers into values. */
export enum Header {
  /** Word offset of the tile code. */
  Tile,
  Buffers,
  Splats,
  Registers,
  /** The register that a reduction reads, as an operand. */
  Result,
}

/** A descriptor of an affine access (see access.ts): words before the axes, and words per axis. */
export const ACCESS_WORDS = 3;
export const AXIS_WORDS = 4;

/**
 * Operations by operand kinds; the suffix is the element type: F float32, I int32, U uint32, none any of them.
 * Order matters only in that `First…` rows begin a family.
 */
export enum Op {
  End,
  /** dst, word: all elements are `word`. */
  Constant,
  /** dst, address: all elements are the word at `address`. */
  Broadcast,
  /** dst, address: points into a dense value at the tile's position. */
  Input,
  /** dst, address: the same for a register that is written; a ragged tile goes to its buffer first. */
  Output,
  /** a, address: copies what a ragged tile left in its buffer. */
  Flush,
  /** a, address: copies to a dense value. */
  Store,
  /** a, address, descriptor. */
  StoreAccess,
  /** dst, address, descriptor. */
  LoadAccess,
  /** dst, offset, descriptor: the affine map itself. */
  Index,
  /** dst (in: element indices), key0, key1, counter. */
  Random,

  FirstUnary,
  Copy = FirstUnary,
  NegF,
  AbsF,
  Exp,
  Expm1,
  Log,
  Log1p,
  Sqrt,
  Rsqrt,
  Sin,
  Cos,
  Tanh,
  Erf,
  Floor,
  Ceil,
  Round,
  SignF,
  IsNaN,
  NegI,
  AbsI,
  SignI,
  SignU,
  Not,
  NotBool,
  FloatToInt,
  FloatToUint,
  FloatToBool,
  IntToFloat,
  UintToFloat,
  IntToBool,

  FirstBinary,
  AddF = FirstBinary,
  SubF,
  MulF,
  DivF,
  RemF,
  PowF,
  MaxF,
  MinF,
  EqF,
  NeF,
  LtF,
  LeF,
  AddI,
  SubI,
  MulI,
  DivI,
  DivU,
  RemI,
  RemU,
  PowI,
  PowU,
  MaxI,
  MaxU,
  MinI,
  MinU,
  EqI,
  NeI,
  LtI,
  LtU,
  LeI,
  LeU,
  And,
  Or,
  Xor,
  Shl,
  ShrI,
  ShrU,

  FirstTernary,
  /** condition, a, b */
  Where = FirstTernary,
  /** a · b + c */
  MulAdd,
  /** a · b − c */
  MulSub,
  /** c − a · b */
  NegMulAdd,
}

/** What a reduction does; the suffix as above. */
export enum Reduction {
  SumF,
  SumI,
  ProdF,
  ProdI,
  MaxF,
  MaxI,
  MaxU,
  MinF,
  MinI,
  MinU,
  /** The smallest of booleans. */
  All,
}
