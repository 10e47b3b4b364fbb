/** Activations, softmax. */
import { type Case, define, float, given } from "../../support/case.ts";

const SATURATED = given([-100, -30, -5, -1e-4, 1e-4, 5, 30, 100]);

interface Row {
  name: "relu" | "relu6" | "leakyRelu" | "elu" | "sigmoid" | "silu" | "softplus" | "gelu";
  torch: string;
}

const ROWS: readonly Row[] = [
  { name: "relu", torch: "a.relu()" },
  { name: "relu6", torch: "F.relu6(a)" },
  { name: "leakyRelu", torch: "F.leaky_relu(a, 0.2)" },
  { name: "elu", torch: "F.elu(a)" },
  { name: "sigmoid", torch: "a.sigmoid()" },
  { name: "silu", torch: "F.silu(a)" },
  { name: "softplus", torch: "F.softplus(a)" },
  { name: "gelu", torch: "F.gelu(a)" },
];

const rows: Case[] = ROWS.flatMap(({ name, torch }) => [
  define(`${name}/matrix`, [float([3, 7], -7, 7)], (_, x) => x[name](), { torch }),
  define(`${name}/saturated`, [SATURATED], (_, x) => x[name](), { order: 1, torch }),
]);

/** Functions without a method. */
const FUNCTIONS = [
  { name: "selu", torch: "F.selu(a)" },
  { name: "hardSigmoid", torch: "F.hardsigmoid(a)" },
  { name: "hardTanh", torch: "F.hardtanh(a)" },
  { name: "softsign", torch: "F.softsign(a)" },
  { name: "mish", torch: "F.mish(a)" },
] as const;

const functions: Case[] = FUNCTIONS.flatMap(({ name, torch }) => [
  define(`${name}/matrix`, [float([3, 7], -5, 5)], (h, x) => h[name](x), { torch }),
  define(`${name}/saturated`, [SATURATED], (h, x) => h[name](x), { order: 1, torch }),
]);

const softmaxes: Case[] = (["softmax", "logSoftmax"] as const).flatMap((name) => {
  const t = name === "softmax" ? "softmax" : "log_softmax";
  return [
    define(`${name}/last`, [float([3, 5], -3, 3)], (_, x) => x[name](), { torch: `a.${t}(-1)` }),
    define(`${name}/first`, [float([4, 3], -3, 3)], (_, x) => x[name](0), { torch: `a.${t}(0)` }),
    define(`${name}/middle`, [float([2, 4, 3], -3, 3)], (_, x) => x[name](1), { torch: `a.${t}(1)` }),
    define(`${name}/vector`, [float([6])], (_, x) => x[name](), { torch: `a.${t}(-1)` }),
    define(`${name}/one-class`, [float([3, 1])], (_, x) => x[name](), { torch: `a.${t}(-1)` }),
    define(`${name}/far-apart`, [given([900, 0, -900, 88, 89, 90], [2, 3])], (_, x) => x[name](), {
      order: 1,
      torch: `a.${t}(-1)`,
    }),
    define(
      `${name}/minus-infinity`,
      [given([0, -Infinity, 1, -Infinity, 2, -1], [2, 3])],
      (_, x) => x[name](),
      {
        differentiable: false,
        torch: `a.${t}(-1)`,
      },
    ),
    define(`${name}/wide`, [float([2, 300], -3, 3)], (_, x) => x[name](), {
      torch: `a.${t}(-1)`,
    }),
  ];
});

export const ACTIVATIONS: readonly Case[] = [
  ...rows,
  ...functions,
  define("binaryStep/matrix", [given([-2, -0.1, 0, 0.1, 2, Number.NaN])], (h, x) => h.binaryStep(x), {
    differentiable: false,
    why: "a step: nothing before it learns",
    torch: "(a >= 0).to(a.dtype)",
  }),
  define("prelu/channels", [float([4, 2, 3]), float([3], 0.1, 0.5)], (h, x, slope) => h.prelu(x, slope), {
    torch: "torch.where(a < 0, a * b, a)",
  }),
  ...softmaxes,
  define("gelu/approximate", [float([3, 7], -4, 4)], (_, x) => x.gelu({ approximate: true }), {
    torch: "F.gelu(a, approximate='tanh')",
  }),
  define("leakyRelu/slope", [float([3, 3])], (_, x) => x.leakyRelu(0.05), {
    order: 1,
    torch: "F.leaky_relu(a, 0.05)",
  }),
  define("relu/specials", [given([Number.NaN, Infinity, -Infinity, 0, -0])], (_, x) => x.relu(), {
    differentiable: false,
    torch: "a.relu()",
  }),
  define("sigmoid/specials", [given([Number.NaN, Infinity, -Infinity, 0, -0])], (_, x) => x.sigmoid(), {
    differentiable: false,
    torch: "a.sigmoid()",
  }),
];
