/**
 * The tile program: what `src/backends/wasm/encode.ts` writes and `program.ts` runs. Shared by AssemblyScript and
 * TypeScript.
 *
 * A program is a list of 32-bit words: a header (see {@link Header}); pairs of (register, address) for the inputs and
 * then for the outputs that it points into; triples of (register, address, period) for inputs that repeat; the preamble,
 * code that runs once per range; the tile code that runs once per TILE elements. Code ends with Op.End; an instruction
 * is INSTRUCTION_WORDS words: op, then up to six operands.
 *
 * A register operand is a byte offset into the register table, whose entries hold a pointer and the bytes from one
 * block to the next: BLOCK, or 0 where all elements are equal. Operations work on whole blocks.
 */

/** Elements of one tile. */
export const TILE = 512;
/** Bytes that an operation computes at a time: four vectors. */
export const BLOCK = 64;
/** Elements of a block. */
export const BLOCK_ELEMENTS = 16;
export const INSTRUCTION_WORDS = 7;
export const HEADER_WORDS = 7;
/** Bytes of a register table entry. */
export const REGISTER_BYTES = 8;

/** Limits of one program, fixed by the scratch memory of a thread. */
export const MAX_REGISTERS = 1024;
export const MAX_SPLATS = 512;
export const MAX_BUFFERS = 192;
/** Inputs that repeat; each takes the room of two buffers. */
export const MAX_CYCLES = 32;

/** Header words. Registers are numbered buffers first, then splats, then pointers into values. */
export enum Header {
  /** Word offset of the tile code. */
  Tile,
  Buffers,
  Splats,
  Inputs,
  Outputs,
  Cycles,
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
  /** A pointer into a value: stands in the header's list, never in code. */
  Input,
  /** A value that repeats, a channel's number for instance: likewise. */
  Cycle,
  /** dst, word: all elements are `word`. */
  Constant,
  /** dst, address: all elements are the word at `address`. */
  Broadcast,
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
  Log2,
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

  FirstQuaternary,
  /** a, b, x, y: x where a < b, else y. */
  WhereLess = FirstQuaternary,
  /** a · b + c · d */
  ProductSum,

  /** Three operands, then two that are the same for all elements. */
  FirstSplats,
  /** min(max(a · b + c, low), high) */
  MulAddClamp = FirstSplats,
  /** a − b · rate / (√c + offset), the step of Adam and its kin. */
  RootStep,
}

/** Reductions; the suffix as above. */
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
